#include "base/cost_names.h"

#include <cmath>

#include "base/scaled_units.h"

namespace bitloom {
namespace {

struct NamedUnit {
  std::string_view suffix;
  double usual;  // one of the suffix's in the usual unit
  ScaledUnit (*unit)(double amount);
};
constexpr NamedUnit kNamedUnits[] = {{"_ms", 1, time_unit},
                                     {"_mj", 1, energy_unit},
                                     {"_mb", 1, bytes_unit},
                                     {"_mw", 1e-3, power_unit},
                                     {"_g", 1, count_unit}};

const NamedUnit* named_unit(std::string_view name) {
  if (name.ends_with("_mj_ms")) return nullptr;
  for (const NamedUnit& unit : kNamedUnits)
    if (name.ends_with(unit.suffix)) return &unit;
  return nullptr;
}

std::string with_unit_after(const std::string& text, const std::string& unit) {
  return unit.empty() ? text : text + " " + unit;
}

}  // namespace

std::string_view unit_suffix(std::string_view name) {
  const NamedUnit* const known = named_unit(name);
  return known ? known->suffix : std::string_view();
}

std::string ShownCost::heading() const { return with_unit_after(name, unit); }
std::string ShownCost::cell(double amount, int digits) const {
  return plain_text(amount / size, digits);
}
std::string ShownCost::text(double amount, int digits) const {
  return with_unit_after(cell(amount, digits), unit);
}

ShownCost shown_cost(std::string_view name, double most) {
  const NamedUnit* const known = named_unit(name);
  if (!known) return {std::string(name), "", 1};
  const auto [unit, size] = known->unit(std::abs(most) * known->usual);
  return {std::string(name.substr(0, name.size() - known->suffix.size())), unit,
          size / known->usual};
}

}  // namespace bitloom
