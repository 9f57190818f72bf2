#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/problem/network_problem.h"
#include "search/solvers/exact.h"
#include "search/solvers/sweep.h"
#include "sim/sensitivity.h"

namespace bitloom::reports {

/// A searched policy of a network, and what it was asked for.
struct PolicySearch {
  std::string method;
  std::string hardware;
  std::string engine;
  std::int64_t batch = 1;
  std::string technology = {};  // of the energy constants; empty: nobody says
  const search::NetworkProblem* network = nullptr;
  std::vector<double> costs_at_8_bits;  // at `reference`
  graph::Precision reference = {8, 8};  // what costs are compared with
  search::Query query;
  search::Solution solution;
  std::optional<sim::EnergyRange> energy = {};            // absent where no constant is bounded
  std::optional<sim::EnergyRange> energy_at_8_bits = {};  // at `reference`

  /// The cost that bits are weighed against: the minimized one, else that of the first limit.
  std::size_t marginal_cost() const {
    return query.minimize_cost.value_or(query.limits.empty() ? 0 : query.limits.front().cost);
  }
};

/// `search --json`, a SearchFile.
std::string policy_search_json(const PolicySearch& search);
/// As `--policy` reads it.
std::string policy_json(const std::string& network, const std::vector<graph::LayerShape>& layers,
                        const graph::FilterPolicy& policy);

/// A row a point: limit, omega, bound, proved_optimal, costs, bits of the layers; then the ends of
/// its energy and of the ratio to that at `reference`, empty where no constant is bounded.
/// `energies` are by point.
std::string frontier_csv(const PolicySearch& search,
                         const std::vector<search::SweepPoint>& frontier,
                         const std::vector<std::optional<sim::EnergyRange>>& energies);
/// The same, a FrontierFile.
std::string frontier_json(const PolicySearch& search,
                          const std::vector<search::SweepPoint>& frontier,
                          const std::vector<std::optional<sim::EnergyRange>>& energies);

}  // namespace bitloom::reports
