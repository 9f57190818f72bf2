#include "reports/html/cost_units.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/cost_names.h"
#include "reports/html/figures.h"

namespace bitloom::reports {
namespace {

/// The greatest amount in the columns of a unit.
double most_of_unit(const DataTable& data, std::string_view suffix) {
  double most = 0;
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    if (unit_suffix(data.columns[i]) != suffix) continue;
    for (const auto& row : data.rows)
      if (row[i].is_number()) most = std::max(most, std::abs(row[i].get<double>()));
  }
  return most;
}

}  // namespace

std::string amount_text(const std::string& column, double value) {
  const ShownCost shown = shown_cost(column, value);
  const std::string number = number_text(value / shown.size);
  return shown.unit.empty() ? number : number + " " + shown.unit;
}

std::string ShownColumn::text(const Json& cell) const {
  return cell.is_number() && size != 1 ? number_text(cell.get<double>() / size) : cell_text(cell);
}

ShownColumn shown_column(const DataTable& data, std::size_t column) {
  const std::string& name = data.columns[column];
  const std::string_view suffix = unit_suffix(name);
  const double most = suffix.empty() ? 0 : most_of_unit(data, suffix);
  if (most == 0) return {with_unit(name)};
  const ShownCost shown = shown_cost(name, most);
  return {shown.unit.empty() ? shown.name : fmt::format("{} ({})", shown.name, shown.unit),
          shown.size};
}

}  // namespace bitloom::reports
