#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/search_space.h"
#include "sim/sensitivity.h"

namespace bitloom::pipelines {

/// `simulate --json` of a policy, by the engine that prices.
std::string simulation_json(const SearchSpace& space, const PricedNetwork& priced,
                            const graph::FilterPolicy& policy);

struct PolicyCosts {
  std::vector<double> costs = {};               // by search::cost_kinds()
  std::optional<sim::EnergyRange> energy = {};  // absent where no constant is bounded
};

/// What each of some policies costs, its layers beside each other; those that are alike are priced
/// once.
std::vector<PolicyCosts> policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                                      const std::vector<graph::FilterPolicy>& policies);
PolicyCosts policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                         const graph::FilterPolicy& policy);
/// Of the uniform policy that costs are compared with.
PolicyCosts costs_at_reference(const EngineChoice& engine, const PricedNetwork& priced);

}  // namespace bitloom::pipelines
