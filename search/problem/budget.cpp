#include "search/problem/budget.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::search {
namespace {

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const CostKind& kind : cost_kinds()) names.emplace_back(kind.name);
  return names;
}

UserError bad_value(std::string_view option, std::string_view text, const CostKind& kind) {
  std::vector<std::string_view> suffixes;
  for (const CostUnit& unit : kind.units) suffixes.push_back(unit.suffix);
  return UserError(
      fmt::format("{} '{}': must be a number above 0 with its unit ({}), or a fraction of the {} "
                  "at 8/8, such as {}=0.6x",
                  option, excerpt(text), fmt::join(suffixes, ", "), kind.name, kind.name));
}

constexpr std::string_view kFraction = "x";

/// In the column's unit.
double limit_of(std::string_view option, const AskedBudget& asked,
                const std::vector<double>& costs_at_8_bits) {
  const CostKind& kind = cost_kinds()[asked.cost];
  if (asked.unit == kFraction) {
    if (costs_at_8_bits[asked.cost] > 0) return asked.value * costs_at_8_bits[asked.cost];
    throw UserError(fmt::format(
        "{} '{}': the {} at 8/8 is 0, which has no fraction; a number with its unit would be right",
        option, to_text(asked), kind.name));
  }
  for (const CostUnit& unit : kind.units)
    if (unit.suffix == asked.unit) return asked.value * unit.factor;
  throw bad_value(option, to_text(asked), kind);
}

}  // namespace

const std::vector<CostKind>& cost_kinds() {
  static const std::vector<CostKind> kinds{
      {"latency",
       "latency_ms",
       {{"days", 8.64e7}, {"h", 3.6e6}, {"s", 1e3}, {"ms", 1}, {"us", 1e-3}, {"ns", 1e-6}}},
      {"energy",
       "energy_mj",
       {{"kJ", 1e6}, {"J", 1e3}, {"mJ", 1}, {"uJ", 1e-3}, {"nJ", 1e-6}, {"pJ", 1e-9}}},
      {"dram", "dram_mb", {{"GB", 1e3}, {"MB", 1}, {"kB", 1e-3}, {"B", 1e-6}}},
      {"size", "size_mb", {{"GB", 1e3}, {"MB", 1}, {"kB", 1e-3}, {"B", 1e-6}}},
      {"bops", "bops_g", {{"T", 1e3}, {"G", 1}, {"M", 1e-3}}},
  };
  return kinds;
}

std::vector<std::string> cost_columns() {
  std::vector<std::string> columns;
  for (const CostKind& kind : cost_kinds()) columns.emplace_back(kind.column);
  return columns;
}

std::size_t parse_cost_kind(std::string_view option, std::string_view name) {
  for (std::size_t i = 0; i < cost_kinds().size(); ++i)
    if (cost_kinds()[i].name == name) return i;
  throw UserError(fmt::format("{}: {}", option, unknown_name("cost", name, kind_names()).what()));
}

std::vector<double> layer_costs(const graph::LayerShape& layer, graph::Precision precision,
                                const cost::LayerCost& cost, Megahertz clock) {
  const auto stored_weights = static_cast<double>(layer.stored_weights());
  return {runtime(cost.timing.total, clock).count(), cost.energy.total().count() * 1e-9,
          static_cast<double>(cost.dram_bytes().count()) * 1e-6,
          stored_weights * precision.weight_bits / 8e6,
          static_cast<double>(graph::bops(layer, precision).count()) * 1e-9};
}

std::vector<double> network_costs(const std::vector<graph::LayerShape>& layers,
                                  const graph::Policy& policy,
                                  const std::vector<cost::LayerCost>& costs, Megahertz clock) {
  std::vector<double> sums(cost_kinds().size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto of_layer = layer_costs(layers[i], policy[i], costs[i], clock);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += of_layer[k];
  }
  return sums;
}

AskedBudget parse_budget(std::string_view option, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    throw UserError(fmt::format("{} '{}': must be COST=VALUE, such as latency=0.6x (costs: {})",
                                option, excerpt(text), fmt::join(kind_names(), ", ")));
  const std::size_t cost = parse_cost_kind(option, text.substr(0, equals));
  const CostKind& kind = cost_kinds()[cost];
  const auto number = parse_leading_real(text.substr(equals + 1));
  if (!number || number->value <= 0) throw bad_value(option, text, kind);
  if (number->rest == kFraction) return {cost, number->value, kFraction};
  for (const CostUnit& unit : kind.units)
    if (unit.suffix == number->rest) return {cost, number->value, unit.suffix};
  throw bad_value(option, text, kind);
}

std::string to_text(const AskedBudget& budget) {
  return fmt::format("{}={}{}", cost_kinds()[budget.cost].name, budget.value, budget.unit);
}

AskedBudget budget_of(const Limit& limit) {
  const std::vector<CostUnit>& units = cost_kinds()[limit.cost].units;
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [](const CostUnit& each) { return each.factor == 1; });
  return {limit.cost, limit.value, unit->suffix};
}

std::vector<Limit> limits_of(std::string_view option, const std::vector<AskedBudget>& budgets,
                             const std::vector<double>& costs_at_8_bits) {
  std::vector<Limit> limits;
  for (const AskedBudget& asked : budgets) {
    for (const Limit& limit : limits)
      if (limit.cost == asked.cost)
        throw UserError(fmt::format("{} '{}': {} is limited twice", option, to_text(asked),
                                    cost_kinds()[asked.cost].name));
    limits.push_back({asked.cost, limit_of(option, asked, costs_at_8_bits)});
  }
  return limits;
}

}  // namespace bitloom::search
