#pragma once

#include <string>

#include "reports/html/figure.h"

/// Costs in units that suit their size, as the tables of a terminal have them.
namespace bitloom::reports {

/// An amount of a column whose name ends in its unit: `4.301 h` for 15484000 of `latency_ms`. A
/// number alone where the name has no unit.
std::string amount_text(const std::string& column, double value);

/// How a page shows a column of costs: in the unit that suits the greatest cell of all columns of
/// that kind, so that those of a table compare.
struct ShownColumn {
  std::string heading;  // `latency (h)`
  double size = 1;      // of that unit in the column's own

  std::string text(const Json& cell) const;
};
ShownColumn shown_column(const DataTable& data, std::size_t column);

}  // namespace bitloom::reports
