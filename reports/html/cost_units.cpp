#include "reports/html/cost_units.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/scaled_units.h"
#include "reports/html/figures.h"

namespace bitloom::reports {
namespace {

struct CostUnit {
  const char* suffix;
  double usual;  // one of the suffix's in the usual unit
  ScaledUnit (*unit)(double amount);
};
constexpr CostUnit kCostUnits[] = {{"_ms", 1, time_unit},
                                   {"_mj", 1, energy_unit},
                                   {"_mb", 1, bytes_unit},
                                   {"_mw", 1e-3, power_unit},
                                   {"_g", 1, count_unit}};

/// None where a column's name has no unit that scales, as `energy_delay_mj_ms`.
const CostUnit* unit_of_column(const std::string& column) {
  if (column.ends_with("_mj_ms")) return nullptr;
  for (const CostUnit& unit : kCostUnits)
    if (column.ends_with(unit.suffix)) return &unit;
  return nullptr;
}

/// The unit for an amount, and how many of the suffix's it is.
ScaledUnit unit_for(const CostUnit& unit, double amount) {
  const auto [name, size] = unit.unit(amount * unit.usual);
  return {name, size / unit.usual};
}

/// The greatest amount in the columns of a unit.
double most_of_unit(const DataTable& data, const CostUnit* unit) {
  double most = 0;
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    if (unit_of_column(data.columns[i]) != unit) continue;
    for (const auto& row : data.rows)
      if (row[i].is_number()) most = std::max(most, std::abs(row[i].get<double>()));
  }
  return most;
}

}  // namespace

std::string amount_text(const std::string& column, double value) {
  const CostUnit* const known = unit_of_column(column);
  if (!known) return number_text(value);
  const auto [name, size] = unit_for(*known, std::abs(value));
  const std::string number = number_text(value / size);
  return *name == '\0' ? number : number + " " + name;
}

std::string ShownColumn::text(const Json& cell) const {
  return cell.is_number() && size != 1 ? number_text(cell.get<double>() / size) : cell_text(cell);
}

ShownColumn shown_column(const DataTable& data, std::size_t column) {
  const std::string& name = data.columns[column];
  const CostUnit* const known = unit_of_column(name);
  const double most = known ? most_of_unit(data, known) : 0;
  if (most == 0) return {with_unit(name)};
  const auto [unit, size] = unit_for(*known, most);
  const std::string bare = name.substr(0, name.size() - std::string(known->suffix).size());
  return {*unit == '\0' ? bare : fmt::format("{} ({})", bare, unit), size};
}

}  // namespace bitloom::reports
