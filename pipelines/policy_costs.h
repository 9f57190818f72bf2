#pragma once

#include <string>
#include <vector>

#include "pipelines/search_space.h"
#include "reports/policy_search.h"

/// What policies cost as a whole, where layers read each other's bits: tables price each layer as
/// if the others had its bits (docs/guide/search.md).
namespace bitloom::pipelines {

/// `simulate --json` of a policy, by the engine that prices.
std::string simulation_json(const SearchSpace& space, const PricedNetwork& priced,
                            const graph::FilterPolicy& policy);

/// Of each of some policies; layers that are alike are priced once.
std::vector<reports::WholeCosts> whole_costs(const EngineChoice& engine,
                                             const PricedNetwork& priced,
                                             const std::vector<graph::FilterPolicy>& policies);
reports::WholeCosts whole_costs(const EngineChoice& engine, const PricedNetwork& priced,
                                const graph::FilterPolicy& policy);
/// Of the uniform policy that costs are compared with.
reports::WholeCosts costs_at_reference(const EngineChoice& engine, const PricedNetwork& priced);

/// A limit that a policy breaks as a whole, of what it costs so.
struct BrokenLimit {
  std::size_t cost;  // of search::cost_kinds()
  double value;
  double limit;
};
std::vector<BrokenLimit> broken_limits(const std::vector<search::Limit>& limits,
                                       const std::vector<double>& costs);

}  // namespace bitloom::pipelines
