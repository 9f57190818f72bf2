#include "models/graph/policy.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "models/graph/policy_document.h"

namespace bitloom::graph {
namespace {

/// Bits of weights or activations, and what stands for bits beside a width in [1, 16].
struct BitsRule {
  bool may_be_default = false;  // HAQ's published lists mark the 8-bit image input as -1
  bool are_activations = false;
  Activations activations = Activations::kInteger;
};

int read_bits(const DocumentValue& value, const BitsRule& rule) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::int64_t bits = value.integer(-kMost, kMost);
  const bool may_be_float =
      rule.are_activations && rule.activations == Activations::kIntegerOrFloat;
  if (rule.may_be_default && bits == -1) return 8;
  if ((bits >= kMinBits && bits <= kMaxBits) || (may_be_float && bits == kFloatBits))
    return static_cast<int>(bits);
  throw value.error(fmt::format(
      "must be in [{}, {}]{}{}, got {}{}", kMinBits, kMaxBits,
      rule.may_be_default ? ", or -1 for 8" : "",
      may_be_float ? fmt::format(", or {} for single precision", kFloatBits) : "", bits,
      rule.are_activations && bits == kFloatBits ? ": single precision runs on no integers" : ""));
}

/// The layer that stores the weights which `layer` uses.
const std::string& weights_owner(const LayerShape& layer) {
  return layer.weights_of.empty() ? layer.name : layer.weights_of;
}

/// Weights that layers share are stored once, at one width. What is wrong of that; else empty.
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

void require_shared_widths(const DocumentValue& list, const Policy& policy,
                           const std::vector<LayerShape>& layers) {
  const std::string complaint = unequal_widths(policy, layers);
  if (!complaint.empty()) throw list.error(complaint);
}

Policy read_haq_list(const DocumentValue& list, const std::string& network, std::size_t layers,
                     Activations activations) {
  const std::vector<DocumentValue> items = list.items();
  if (!items.empty() && items.front().kind() == DocumentValue::Kind::kScalar)
    throw list.error(
        "is a list of weight bits alone, as HAQ's k-means policies are; must be [[w, a], ...]");
  if (items.size() != layers)
    throw list.error(
        fmt::format("has {} entries, {} has {} layers", items.size(), network, layers));
  Policy policy;
  for (const DocumentValue& item : items) {
    const std::vector<DocumentValue> pair = item.items();
    if (pair.size() != 2)
      throw item.error(
          fmt::format("must be [weight bits, activation bits], got {} values", pair.size()));
    policy.push_back({read_bits(pair[0], {true}), read_bits(pair[1], {true, true, activations})});
  }
  return policy;
}

Policy read_named_layers(const DocumentValue& list, const std::vector<LayerShape>& layers,
                         Activations activations) {
  std::vector<std::string> names;
  for (const LayerShape& layer : layers) names.push_back(layer.name);
  std::vector<std::optional<Precision>> given(layers.size());
  for (const DocumentValue& item : list.items()) {
    item.allow_only({"name", "weight_bits", "activation_bits"});
    const std::string name = item.at("name").one_of("layer", names);
    const auto index =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (given[index]) throw item.error(fmt::format("layer '{}' is given twice", name));
    given[index] = {read_bits(item.at("weight_bits"), {}),
                    read_bits(item.at("activation_bits"), {false, true, activations})};
  }
  Policy policy;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!given[i]) throw list.error(fmt::format("layer '{}' is missing", names[i]));
    policy.push_back(*given[i]);
  }
  return policy;
}

/// The policy that a document says.
Policy read_document(const DocumentValue& document, const std::string& network,
                     const std::vector<LayerShape>& layers, Activations activations) {
  if (document.is_sequence()) {
    Policy policy = read_haq_list(document, network, layers.size(), activations);
    require_shared_widths(document, policy, layers);
    return policy;
  }
  if (!document.is_mapping())
    throw document.error("must be {\"network\": ..., \"layers\": [...]} or [[w, a], ...]");
  document.allow_only({"schema", "network", "layers"});
  if (document.has("schema")) document.at("schema").integer(1, 1);
  const DocumentValue named = document.at("network");
  // A file may be renamed, and one that was exported has the layers of its network.
  if (named.text() != network && !network.ends_with(".onnx"))
    throw named.error(fmt::format("is for network '{}', not '{}'", named.text(), network));
  Policy policy = read_named_layers(document.at("layers"), layers, activations);
  require_shared_widths(document.at("layers"), policy, layers);
  return policy;
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

Policy read_policy(const std::string& path, const std::string& network,
                   const std::vector<LayerShape>& layers, Activations activations) {
  return read_document(load_policy_document(path), network, layers, activations);
}

Policy parse_policy(const std::string& path, const std::string& bytes, const std::string& network,
                    const std::vector<LayerShape>& layers) {
  return read_document(policy_document_of(path, bytes), network, layers, Activations::kInteger);
}

}  // namespace bitloom::graph
