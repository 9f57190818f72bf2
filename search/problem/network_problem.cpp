#include "search/problem/network_problem.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "search/problem/budget.h"

namespace bitloom::search {
namespace {

double omega_at(const LayerSensitivity& layer, const TensorSensitivity& tensor, int bits,
                std::string_view what) {
  const auto found = tensor.omega.find(bits);
  if (found == tensor.omega.end())
    throw layer.lacks(fmt::format("omega of {} at {} bits, which the layer may have", what, bits));
  return found->second;
}

double omega_of(const LayerSensitivity& layer, graph::Precision precision) {
  return omega_at(layer, layer.weights, precision.weight_bits, "weights") +
         omega_at(layer, layer.activations, precision.activation_bits, "activations");
}

/// Which pairs of a layer it and all that are tied to it can be mapped at. Tied layers have the
/// same pairs.
std::vector<std::vector<bool>> choices_that_run(
    const std::vector<std::vector<graph::Precision>>& pairs,
    const std::vector<std::vector<sim::PairPrice>>& prices, const Problem& ties) {
  std::vector<std::vector<bool>> run(prices.size());
  for (const auto& group : groups_of(ties)) {
    std::vector<bool> all_run(pairs[group.front()].size(), true);
    const std::string* refusal = nullptr;
    for (const std::size_t layer : group)
      for (std::size_t pair = 0; pair < all_run.size(); ++pair) {
        const sim::PairPrice& price = prices[layer][pair];
        all_run[pair] = all_run[pair] && price.runs();
        if (!price.runs() && !refusal) refusal = &price.refusal;
      }
    if (refusal && std::find(all_run.begin(), all_run.end(), true) == all_run.end())
      throw unsupported(*refusal);
    for (const std::size_t layer : group) run[layer] = all_run;
  }
  return run;
}

}  // namespace

std::vector<std::vector<graph::Precision>> pairs_of(const BitSpace& space) {
  std::vector<std::vector<graph::Precision>> pairs;
  for (const LayerBits& layer : space.layers) {
    auto& of_layer = pairs.emplace_back();
    for (const int weight_bits : layer.weight_bits)
      for (const int activation_bits : layer.activation_bits)
        of_layer.push_back({weight_bits, activation_bits});
  }
  return pairs;
}

NetworkProblem make_network_problem(const std::vector<graph::LayerShape>& layers,
                                    const BitSpace& space, Sensitivity sensitivity,
                                    const std::vector<std::vector<sim::PairPrice>>& prices,
                                    Megahertz clock) {
  const std::vector<std::vector<graph::Precision>> pairs = pairs_of(space);
  NetworkProblem network{layers, std::move(sensitivity), {}, {}};
  network.problem.cost_names = cost_columns();
  network.problem.ties = space.ties;
  Problem tied;
  tied.layers.resize(layers.size());
  tied.ties = space.ties;
  const std::vector<std::vector<bool>> run = choices_that_run(pairs, prices, tied);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerSensitivity* layer =
        network.sensitivity.layers.empty() ? nullptr : &network.sensitivity.layers[i];
    LayerChoices& choices = network.problem.layers.emplace_back();
    choices.name = layers[i].name;
    auto& precisions = network.precisions.emplace_back();
    for (std::size_t c = 0; c < pairs[i].size(); ++c) {
      if (!run[i][c]) continue;
      const graph::Precision precision = precisions.emplace_back(pairs[i][c]);
      choices.choices.push_back({graph::to_text(precision), layer ? omega_of(*layer, precision) : 0,
                                 layer_costs(layers[i], precision, prices[i][c].cost, clock)});
    }
  }
  return network;
}

std::vector<double> costs_of(const NetworkProblem& network, const Choices& choices) {
  return network.whole ? network.whole->costs(filter_policy_of(network, choices))
                       : costs_of(network.problem, choices);
}

graph::Policy policy_of(const NetworkProblem& network, const Choices& choices) {
  graph::Policy policy;
  for (std::size_t i = 0; i < choices.size(); ++i)
    policy.push_back(network.precisions[i][choices[i]]);
  return policy;
}

graph::FilterPolicy filter_policy_of(const NetworkProblem& network, const Choices& choices) {
  graph::FilterPolicy policy{policy_of(network, choices)};
  if (!network.by_filter()) return policy;
  for (std::size_t i = 0; i < choices.size(); ++i)
    policy.filters.push_back(network.filters[i][choices[i]]);
  return policy;
}

}  // namespace bitloom::search
