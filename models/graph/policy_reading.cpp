// Policies in files: bits per layer, and per filter.

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/numbers.h"
#include "base/text.h"
#include "models/graph/filter_bits.h"
#include "models/graph/policy_document.h"

namespace bitloom::graph {
namespace {

/// What a policy is read for.
struct Reading {
  const std::string& network;
  const std::vector<LayerShape>& layers;
  Activations activations = Activations::kInteger;
  bool by_filter = false;  // weights may have bits by filter
};

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

void require_shared_widths(const DocumentValue& list, const FilterPolicy& policy,
                           const std::vector<LayerShape>& layers) {
  const std::string complaint = unequal_widths(policy.layers, layers);
  if (!complaint.empty()) throw list.error(complaint);
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (std::size_t owner = 0; owner < layers.size(); ++owner)
      if (layers[i].weights_of == layers[owner].name && policy.of(i) != policy.of(owner))
        throw list.error(
            fmt::format("layers '{}' and '{}' share their weights and must have the same bits of "
                        "each filter",
                        layers[owner].name, layers[i].name));
}

FilterPolicy read_haq_list(const DocumentValue& list, const Reading& reading) {
  const std::vector<DocumentValue> items = list.items();
  if (!items.empty() && items.front().kind() == DocumentValue::Kind::kScalar)
    throw list.error(
        "is a list of weight bits alone, as HAQ's k-means policies are; must be [[w, a], ...]");
  if (items.size() != reading.layers.size())
    throw list.error(fmt::format("has {} entries, {} has {} layers", items.size(), reading.network,
                                 reading.layers.size()));
  FilterPolicy policy;
  for (const DocumentValue& item : items) {
    const std::vector<DocumentValue> pair = item.items();
    if (pair.size() != 2)
      throw item.error(
          fmt::format("must be [weight bits, activation bits], got {} values", pair.size()));
    policy.layers.push_back(
        {read_bits(pair[0], {true}), read_bits(pair[1], {true, true, reading.activations})});
  }
  return policy;
}

int read_filter_bits(const DocumentValue& value) {
  return static_cast<int>(value.integer(0, kMaxBits));
}

/// `{"4": 48, "2": 16}`: how many filters have which bits, one after another.
FilterBits read_filter_counts(const DocumentValue& counts, const LayerShape& layer) {
  FilterBits bits;
  for (const auto& [key, value] : counts.entries()) {
    const auto width = parse_integer(key, 0, kMaxBits);
    if (!width)
      throw value.error(fmt::format("'{}' must be bits in [0, {}]", excerpt(key), kMaxBits));
    const std::int64_t left = layer.out_channels - std::ssize(bits);
    const std::int64_t count = value.integer(0, std::numeric_limits<std::int64_t>::max());
    if (count > left)
      throw value.error(fmt::format("gives {} filters {} bits, and of layer '{}' {} are left",
                                    count, *width, layer.name, left));
    bits.insert(bits.end(), static_cast<std::size_t>(count), static_cast<int>(*width));
  }
  return bits;
}

/// Bits by filter, of which there is one for each output channel.
FilterBits read_filters(const DocumentValue& value, const LayerShape& layer) {
  if (!layer.has_weights())
    throw value.error(fmt::format(
        "layer '{}' multiplies two activations and has no filters: one number would be right",
        layer.name));
  FilterBits bits;
  if (value.is_mapping())
    bits = read_filter_counts(value, layer);
  else
    for (const DocumentValue& item : value.items()) bits.push_back(read_filter_bits(item));
  if (std::ssize(bits) != layer.out_channels)
    throw value.error(fmt::format("tells the bits of {} filters, layer '{}' has {}", bits.size(),
                                  layer.name, layer.out_channels));
  if (std::all_of(bits.begin(), bits.end(), [](int of_filter) { return of_filter == 0; }))
    throw value.error(fmt::format("leaves all filters of layer '{}' out", layer.name));
  return bits;
}

/// Bits of a layer's weights: of all filters, or of each.
struct WeightBits {
  int most;
  FilterBits filters = {};  // empty: all have the most
};

WeightBits read_weight_bits(const DocumentValue& value, const LayerShape& layer,
                            const Reading& reading) {
  if (!value.is_sequence() && !value.is_mapping()) return {read_bits(value, {})};
  if (!reading.by_filter)
    throw value.error(
        "tells bits by filter, which simulate, compare, verify, evaluate, calibrate and "
        "finetune read; here one number for the layer would be right");
  FilterBits filters = read_filters(value, layer);
  const auto [least, most] = std::minmax_element(filters.begin(), filters.end());
  if (*least == *most) return {*most};
  return {*most, std::move(filters)};
}

FilterPolicy read_named_layers(const DocumentValue& list, const Reading& reading) {
  const std::vector<LayerShape>& layers = reading.layers;
  std::vector<std::string> names;
  for (const LayerShape& layer : layers) names.push_back(layer.name);
  FilterPolicy policy{Policy(layers.size()), std::vector<FilterBits>(layers.size())};
  std::vector<bool> given(layers.size());
  for (const DocumentValue& item : list.items()) {
    item.allow_only({"name", "weight_bits", "activation_bits"});
    const std::string name = item.at("name").one_of("layer", names);
    const auto index =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (given[index]) throw item.error(fmt::format("layer '{}' is given twice", name));
    given[index] = true;
    WeightBits weights = read_weight_bits(item.at("weight_bits"), layers[index], reading);
    policy.layers[index] = {
        weights.most, read_bits(item.at("activation_bits"), {false, true, reading.activations})};
    policy.filters[index] = std::move(weights.filters);
  }
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (!given[i]) throw list.error(fmt::format("layer '{}' is missing", names[i]));
  const bool all_even = std::all_of(policy.filters.begin(), policy.filters.end(),
                                    [](const FilterBits& filters) { return filters.empty(); });
  if (all_even) policy.filters.clear();
  return policy;
}

/// The policy that a document says.
FilterPolicy read_document(const DocumentValue& document, const Reading& reading) {
  if (document.is_sequence()) {
    FilterPolicy policy = read_haq_list(document, reading);
    require_shared_widths(document, policy, reading.layers);
    return policy;
  }
  if (!document.is_mapping())
    throw document.error("must be {\"network\": ..., \"layers\": [...]} or [[w, a], ...]");
  document.allow_only({"schema", "network", "layers"});
  if (document.has("schema")) document.at("schema").integer(1, 1);
  const DocumentValue named = document.at("network");
  // A file may be renamed, and one that was exported has the layers of its network.
  if (named.text() != reading.network && !reading.network.ends_with(".onnx"))
    throw named.error(fmt::format("is for network '{}', not '{}'", named.text(), reading.network));
  FilterPolicy policy = read_named_layers(document.at("layers"), reading);
  require_shared_widths(document.at("layers"), policy, reading.layers);
  return policy;
}

}  // namespace

Policy read_policy(const std::string& path, const std::string& network,
                   const std::vector<LayerShape>& layers, Activations activations) {
  return read_document(load_policy_document(path), {network, layers, activations}).layers;
}

FilterPolicy read_filter_policy(const std::string& path, const std::string& network,
                                const std::vector<LayerShape>& layers, Activations activations) {
  return read_document(load_policy_document(path), {network, layers, activations, true});
}

Policy parse_policy(const std::string& path, const std::string& bytes, const std::string& network,
                    const std::vector<LayerShape>& layers) {
  return read_document(policy_document_of(path, bytes), {network, layers}).layers;
}

}  // namespace bitloom::graph
