#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/graph/policy.h"
#include "search/problem/problem.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::search {

struct CostUnit {
  std::string_view suffix;
  double factor;  // in units of the column
};

/// A cost of a network on hardware that a budget can limit.
struct CostKind {
  std::string_view name;    // `latency`
  std::string_view column;  // with its unit, as Problem::cost_names has it: `latency_ms`
  std::vector<CostUnit> units;
};

/// latency, energy and dram for the whole batch; size of the weights; bops for one image.
const std::vector<CostKind>& cost_kinds();
std::vector<std::string> cost_columns();
/// The index of the kind of that name; a UserError names the option.
std::size_t parse_cost_kind(std::string_view option, std::string_view name);

/// What a layer costs, by cost_kinds(). Weights that layers share are of the layer that owns them.
std::vector<double> layer_costs(const graph::LayerShape& layer, graph::Precision precision,
                                const cost::LayerCost& cost, Megahertz clock);

/// What a network costs at a policy, by cost_kinds(); `costs` are its layers'.
std::vector<double> network_costs(const std::vector<graph::LayerShape>& layers,
                                  const graph::Policy& policy,
                                  const std::vector<cost::LayerCost>& costs, Megahertz clock);

/// `latency=45ms`, `size=1.2MB`, or a fraction of the cost at 8/8: `latency=0.6x`.
struct AskedBudget {
  std::size_t cost;             // of cost_kinds()
  double value;                 // in `unit`
  std::string_view unit = "x";  // a suffix of the kind's units; x: a fraction of the cost at 8/8
};
/// A UserError names the option, the text and what would be right.
AskedBudget parse_budget(std::string_view option, std::string_view text);
/// As parse_budget() reads it.
std::string to_text(const AskedBudget& budget);

/// The budget of a limit, in the unit of its column.
AskedBudget budget_of(const Limit& limit);

/// The limits that all budgets ask for together; `costs_at_8_bits` by cost_kinds(). A UserError
/// names the option where a cost is limited twice or has no such unit.
std::vector<Limit> limits_of(std::string_view option, const std::vector<AskedBudget>& budgets,
                             const std::vector<double>& costs_at_8_bits);

}  // namespace bitloom::search
