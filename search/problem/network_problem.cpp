#include "search/problem/network_problem.h"

#include <algorithm>

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

NetworkProblem make_network_problem(const std::vector<graph::LayerShape>& layers,
                                    const BitSpace& space, Sensitivity sensitivity,
                                    const sim::CostTable& costs, Megahertz clock) {
  NetworkProblem network{layers, std::move(sensitivity), {}, {}};
  network.problem.cost_names = cost_columns();
  network.problem.ties = space.ties;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerSensitivity* layer =
        network.sensitivity.layers.empty() ? nullptr : &network.sensitivity.layers[i];
    LayerChoices& choices = network.problem.layers.emplace_back();
    choices.name = layers[i].name;
    auto& precisions = network.precisions.emplace_back();
    for (const int weight_bits : space.layers[i].weight_bits)
      for (const int activation_bits : space.layers[i].activation_bits) {
        const graph::Precision precision{weight_bits, activation_bits};
        precisions.push_back(precision);
        choices.choices.push_back(
            {graph::to_text(precision), layer ? omega_of(*layer, precision) : 0,
             layer_costs(layers[i], precision, costs.at(i, precision), clock)});
      }
  }
  return network;
}

int max_bits(const BitSpace& space) {
  int most = 0;
  for (const LayerBits& layer : space.layers)
    most = std::max({most, layer.weight_bits.back(), layer.activation_bits.back()});
  return most;
}

graph::Policy policy_of(const NetworkProblem& network, const Choices& choices) {
  graph::Policy policy;
  for (std::size_t i = 0; i < choices.size(); ++i)
    policy.push_back(network.precisions[i][choices[i]]);
  return policy;
}

}  // namespace bitloom::search
