#include "search/problem/network_problem.h"

#include <fmt/format.h>

#include "base/error.h"
#include "search/problem/budget.h"

namespace bitloom::search {
namespace {

double omega_at(const TensorSensitivity& tensor, int bits, const std::string& layer,
                std::string_view what) {
  const auto found = tensor.omega.find(bits);
  if (found == tensor.omega.end())
    throw UserError(fmt::format(
        "layer '{}': the sensitivity file has no omega of {} at {} bits, which the layer may have",
        layer, what, bits));
  return found->second;
}

double omega_of(const LayerSensitivity& layer, graph::Precision precision) {
  return omega_at(layer.weights, precision.weight_bits, layer.name, "weights") +
         omega_at(layer.activations, precision.activation_bits, layer.name, "activations");
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
                                    const std::vector<std::vector<cost::LayerCost>>& costs,
                                    Megahertz clock) {
  NetworkProblem network{layers, std::move(sensitivity), pairs_of(space), {}};
  network.problem.cost_names = cost_columns();
  network.problem.ties = space.ties;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerSensitivity* layer =
        network.sensitivity.layers.empty() ? nullptr : &network.sensitivity.layers[i];
    LayerChoices& choices = network.problem.layers.emplace_back();
    choices.name = layers[i].name;
    for (std::size_t c = 0; c < network.precisions[i].size(); ++c) {
      const graph::Precision precision = network.precisions[i][c];
      choices.choices.push_back({graph::to_text(precision), layer ? omega_of(*layer, precision) : 0,
                                 layer_costs(layers[i], precision, costs[i][c], clock)});
    }
  }
  return network;
}

graph::Policy policy_of(const NetworkProblem& network, const Choices& choices) {
  graph::Policy policy;
  for (std::size_t i = 0; i < choices.size(); ++i)
    policy.push_back(network.precisions[i][choices[i]]);
  return policy;
}

}  // namespace bitloom::search
