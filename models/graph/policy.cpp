#include "models/graph/policy.h"

#include <map>

#include <fmt/format.h>

namespace bitloom::graph {
namespace {

/// The layer that stores the weights which `layer` uses.
const std::string& weights_owner(const LayerShape& layer) {
  return layer.weights_of.empty() ? layer.name : layer.weights_of;
}

}  // namespace

Policy uniform_policy(std::size_t layers, Precision precision) { return Policy(layers, precision); }

Policy random_policy(const std::vector<LayerShape>& layers, int least, int most,
                     std::mt19937_64& random) {
  const auto widths = std::int64_t{most} - least + 1;
  const auto draw = [&] {
    return least + static_cast<int>(random() % static_cast<std::uint64_t>(widths));
  };
  std::map<std::string, int> weight_bits;
  Policy policy;
  for (const LayerShape& layer : layers) {
    const Precision drawn{draw(), draw()};
    const int shared = weight_bits.emplace(weights_owner(layer), drawn.weight_bits).first->second;
    policy.push_back({shared, drawn.activation_bits});
  }
  return policy;
}

void set_edge_layers(Policy& policy, const std::vector<LayerShape>& layers, Precision precision) {
  if (layers.empty()) return;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (weights_owner(layers[i]) == weights_owner(layers.front()) ||
        weights_owner(layers[i]) == weights_owner(layers.back()))
      policy.at(i) = precision;
}

std::string unequal_widths(const Policy& policy, const std::vector<LayerShape>& layers) {
  std::map<std::string, std::size_t> owners;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::size_t owner = owners.emplace(weights_owner(layers[i]), i).first->second;
    if (policy[i].weight_bits != policy[owner].weight_bits)
      return fmt::format(
          "layers '{}' and '{}' share their weights and must have the same weight bits, got {} and "
          "{}",
          layers[owner].name, layers[i].name, policy[owner].weight_bits, policy[i].weight_bits);
  }
  return "";
}

void check_policy(const std::string& name, const Policy& policy,
                  const std::vector<LayerShape>& layers) {
  if (policy.size() != layers.size())
    throw UserError(fmt::format("{}: has bits of {} layers, and the network has {}", name,
                                policy.size(), layers.size()));
  const auto is_width = [](int bits) { return bits >= kMinBits && bits <= kMaxBits; };
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (!is_width(policy[i].weight_bits) || !is_width(policy[i].activation_bits))
      throw UserError(fmt::format("{}: layer '{}': bits must be in [{}, {}], got {}", name,
                                  layers[i].name, kMinBits, kMaxBits, to_text(policy[i])));
  const std::string complaint = unequal_widths(policy, layers);
  if (!complaint.empty()) throw UserError(fmt::format("{}: {}", name, complaint));
}

}  // namespace bitloom::graph
