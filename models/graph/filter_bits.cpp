#include "models/graph/filter_bits.h"

#include <functional>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::graph {
namespace {

/// Groups of a convolution that have equally many filters of a width.
struct AlikeGroups {
  std::int64_t count = 0;
  std::vector<std::int64_t> filters = {};
};

/// By the number of filters that each group has at `bits`.
std::map<std::size_t, AlikeGroups> groups_at(int bits, const LayerShape& layer,
                                             const FilterBits& filters) {
  const std::int64_t each = layer.out_channels / layer.groups;
  std::map<std::size_t, AlikeGroups> alike;
  for (std::int64_t group = 0; group < layer.groups; ++group) {
    std::vector<std::int64_t> at_bits;
    for (std::int64_t filter = group * each; filter < (group + 1) * each; ++filter)
      if (filters[static_cast<std::size_t>(filter)] == bits) at_bits.push_back(filter);
    if (at_bits.empty()) continue;
    AlikeGroups& of_count = alike[at_bits.size()];
    ++of_count.count;
    of_count.filters.insert(of_count.filters.end(), at_bits.begin(), at_bits.end());
  }
  return alike;
}

FilterPart part(const LayerShape& layer, Precision bits, const AlikeGroups& groups,
                const std::string& name) {
  FilterPart result{layer, bits, groups.filters};
  LayerShape& part = result.layer;
  part.name = name;
  part.in_channels = layer.in_channels / layer.groups * groups.count;
  part.out_channels = std::ssize(groups.filters);
  part.groups = groups.count;
  if (layer.biases > 0) part.biases = part.out_channels;
  return result;
}

}  // namespace

const FilterBits& FilterPolicy::of(std::size_t layer) const {
  static const FilterBits none;
  return filters.empty() ? none : filters.at(layer);
}

std::string to_text(Precision bits, const FilterBits& filters) {
  if (filters.empty()) return to_text(bits);
  std::map<int, std::int64_t, std::greater<>> counts;
  for (const int width : filters) ++counts[width];
  std::vector<std::string> texts;
  for (const auto& [width, count] : counts) texts.push_back(fmt::format("{}:{}", width, count));
  return fmt::format("{}/{}", fmt::join(texts, " "), bits.activation_bits);
}

void set_edge_layers(FilterPolicy& policy, const std::vector<LayerShape>& layers,
                     Precision precision) {
  Policy kept(layers.size(), Precision{0, 0});
  set_edge_layers(kept, layers, precision);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (kept[i] == Precision{0, 0}) continue;
    policy.layers.at(i) = precision;
    if (policy.by_filter()) policy.filters[i].clear();
  }
}

std::vector<FilterPart> parts_of(const LayerShape& layer, Precision bits,
                                 const FilterBits& filters) {
  if (filters.empty()) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(layer.out_channels));
    std::iota(all.begin(), all.end(), 0);
    return {{layer, bits, std::move(all)}};
  }
  ensure(layer.has_weights() && std::ssize(filters) == layer.out_channels,
         "bits by filter are those of weights, one for each output channel");
  std::vector<FilterPart> parts;
  for (int width = kMinBits; width <= kMaxBits; ++width) {
    const auto alike = groups_at(width, layer, filters);
    int number = 0;
    for (const auto& [count, groups] : alike)
      parts.push_back(part(layer, {width, bits.activation_bits}, groups,
                           alike.size() == 1
                               ? fmt::format("{}[{}b]", layer.name, width)
                               : fmt::format("{}[{}b,{}]", layer.name, width, ++number)));
  }
  return parts;
}

}  // namespace bitloom::graph
