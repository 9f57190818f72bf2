#include "models/graph/filter_bits.h"

#include <array>
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

/// By bits, then by the number of filters that a group has at them.
using AlikeByBits = std::map<int, std::map<std::size_t, AlikeGroups>>;

AlikeByBits alike_groups(const LayerShape& layer, const FilterBits& filters) {
  const std::int64_t each = layer.out_channels / layer.groups;
  AlikeByBits alike;
  std::array<std::vector<std::int64_t>, kMaxBits + 1> at_bits;  // of a group
  std::vector<std::size_t> widths;                              // that it has
  for (std::int64_t first = 0; first < layer.out_channels; first += each) {
    for (std::int64_t filter = first; filter < first + each; ++filter) {
      const auto bits = static_cast<std::size_t>(filters[static_cast<std::size_t>(filter)]);
      if (bits == 0) continue;
      if (at_bits.at(bits).empty()) widths.push_back(bits);
      at_bits[bits].push_back(filter);
    }
    for (const std::size_t bits : widths) {
      std::vector<std::int64_t>& some = at_bits[bits];
      AlikeGroups& groups = alike[static_cast<int>(bits)][some.size()];
      ++groups.count;
      groups.filters.insert(groups.filters.end(), some.begin(), some.end());
      some.clear();
    }
    widths.clear();
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
  for (const auto& [width, by_count] : alike_groups(layer, filters)) {
    int number = 0;
    for (const auto& [count, groups] : by_count)
      parts.push_back(part(layer, {width, bits.activation_bits}, groups,
                           by_count.size() == 1
                               ? fmt::format("{}[{}b]", layer.name, width)
                               : fmt::format("{}[{}b,{}]", layer.name, width, ++number)));
  }
  return parts;
}

}  // namespace bitloom::graph
