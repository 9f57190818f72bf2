#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"
#include "search/measure/sensitivity_file.h"
#include "search/problem/bit_space.h"
#include "search/problem/problem.h"
#include "sim/simulator.h"

namespace bitloom::search {

/// What policies cost on hardware where layers read each other's bits: more or less than the sum of
/// what NetworkProblem has of their layers.
struct WholePricing {
  std::function<std::vector<double>(const graph::FilterPolicy&)> costs;  // by cost_kinds()
  /// NetworkProblem's, with the least that each choice costs whatever the other layers choose; none
  /// of problems by filter.
  std::optional<Problem> least = {};
};

/// A network on hardware: what each layer loses and costs at each pair of bits that it may have.
/// Costs are those of cost_kinds(), choices have labels such as `4/6`.
struct NetworkProblem {
  std::vector<graph::LayerShape> layers;
  Sensitivity sensitivity;
  std::vector<std::vector<graph::Precision>> precisions;  // [layer][choice]
  Problem problem;                                        // without budgets
  /// Of problems by filter, [layer][choice]: as graph::FilterPolicy has them; `precisions` are
  /// then those of the filter of most bits.
  std::vector<std::vector<graph::FilterBits>> filters = {};
  std::optional<WholePricing> whole = {};  // price_as_a_whole(): where the sums do not say it

  bool by_filter() const { return !filters.empty(); }
};

/// The pairs of bits that each layer may have: [layer][choice], by weight bits, then activation
/// bits.
std::vector<std::vector<graph::Precision>> pairs_of(const BitSpace& space);

/// `prices`, those of each layer at its pairs_of(), as sim::price() gives them. A pair at which a
/// layer cannot be mapped is no choice, neither of that layer nor of those that are tied to it. A
/// UserError tells of a layer that has no choice left, or names the layer and the bits for which
/// the sensitivity has no Omega. Of a sensitivity without layers every Omega is 0.
NetworkProblem make_network_problem(const std::vector<graph::LayerShape>& layers,
                                    const BitSpace& space, Sensitivity sensitivity,
                                    const std::vector<std::vector<sim::PairPrice>>& prices,
                                    Megahertz clock);

/// What a policy costs, by cost_kinds(): as a whole where that is not the sum over its layers.
std::vector<double> costs_of(const NetworkProblem& network, const Choices& choices);

graph::Policy policy_of(const NetworkProblem& network, const Choices& choices);
graph::FilterPolicy filter_policy_of(const NetworkProblem& network, const Choices& choices);

}  // namespace bitloom::search
