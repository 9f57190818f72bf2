#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "search/problem/budget.h"
#include "search/problem/network_problem.h"
#include "sim/sensitivity.h"

namespace bitloom::pipelines {

/// What a search looks for bits on and among: a network, hardware, the bits that layers may have,
/// and budgets.
struct SearchSpace {
  NetworkChoice network;
  HardwareChoice hardware;
  EngineChoice engine = {};
  std::vector<search::AskedBudget> budgets = {};
  std::vector<int> weight_bits = {2, 3, 4, 5, 6, 7, 8};
  std::vector<int> activation_bits = {2, 3, 4, 5, 6, 7, 8};
  std::optional<graph::Precision> edge_layers = {};  // of the first and last layer; else any
  std::optional<std::string> constraints = {};       // a file: search::make_bit_space()
};

/// A network on hardware with what each layer costs at the bits that it may have.
struct PricedNetwork {
  Network network;
  hardware::Hardware hardware;
  search::NetworkProblem problem;
  std::vector<double> costs_at_8_bits;  // at `reference`; by search::cost_kinds()
  /// What costs are compared with and `x` of a budget means: 8/8, or where a layer cannot be mapped
  /// at it the most bits that are looked among and that every layer can have.
  graph::Precision reference = {8, 8};
};

/// Prices every layer. Omega is that of the file `sensitivity`, otherwise 0.
PricedNetwork price(const SearchSpace& space, const std::optional<std::string>& sensitivity,
                    const Host& host);
/// The same by filter (search::make_filter_problem); `costs`, of cost_kinds(), are those that
/// limits or the aim are of.
PricedNetwork price_by_filter(const SearchSpace& space, const std::string& sensitivity,
                              const std::vector<std::size_t>& costs, const Host& host);

/// The budgets as limits of cost_kinds().
std::vector<search::Limit> limits(const SearchSpace& space, const PricedNetwork& priced);

/// The space and what it came to.
void declare(const SearchSpace& space, const PricedNetwork& priced, Manifest& manifest);

/// `simulate --json` of a policy, by the engine that prices.
std::string simulation_json(const SearchSpace& space, const PricedNetwork& priced,
                            const graph::FilterPolicy& policy);

/// The energy of jobs by the bounds of constants, by the engine that prices.
std::optional<sim::EnergyRange> energy_range(const SearchSpace& space, const PricedNetwork& priced,
                                             const std::vector<sim::Job>& jobs);
/// That of a policy, each layer priced by itself, as searches by sensitivities do.
std::optional<sim::EnergyRange> energy_by_layer(const SearchSpace& space,
                                                const PricedNetwork& priced,
                                                const graph::FilterPolicy& policy);
/// That of each of some policies; every layer is priced once at each of its bits.
std::vector<std::optional<sim::EnergyRange>> energies_by_layer(
    const SearchSpace& space, const PricedNetwork& priced,
    const std::vector<graph::FilterPolicy>& policies);

/// What a policy costs as a whole, by search::cost_kinds().
std::vector<double> policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                                 const graph::FilterPolicy& policy);

/// The same of each of some policies; layers that are alike are priced once.
std::vector<std::vector<double>> policies_costs(const EngineChoice& engine,
                                                const PricedNetwork& priced,
                                                const std::vector<graph::FilterPolicy>& policies);

/// A limit that a policy breaks when it is priced as a whole: tables price each layer as if others
/// had its bits.
struct BrokenLimit {
  std::size_t cost;  // of search::cost_kinds()
  double value;
  double limit;
};
std::vector<BrokenLimit> broken_limits(const SearchSpace& space, const PricedNetwork& priced,
                                       const graph::FilterPolicy& policy);

}  // namespace bitloom::pipelines
