#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/policy.h"

/// Bits of weights by filter. A filter is what makes one output channel. Filters of one width are a
/// product of their own, so that a layer runs as several smaller ones; which output comes from
/// which of them is free (AutoQ, Lou et al. 2020, arXiv:1902.05690, section 3).
namespace bitloom::graph {

/// Bits of each of a layer's filters, by output channel, in [0, kMaxBits]. A filter of 0 bits is
/// left out: its outputs are those of weights 0. Empty: all have the layer's bits.
using FilterBits = std::vector<int>;

/// Bits per layer, and by filter where `filters` has them.
struct FilterPolicy {
  Policy layers;                         // where filters differ: the most bits of one
  std::vector<FilterBits> filters = {};  // an entry a layer; none where no layer has such bits

  /// Whether a layer has bits by filter.
  bool by_filter() const { return !filters.empty(); }
  /// Those of a layer; empty: all its filters have the layer's bits.
  const FilterBits& of(std::size_t layer) const;
  bool operator==(const FilterPolicy&) const = default;
};

/// `6:16 4:48/8`, how many filters have which bits, by falling bits; `4/8` where none has its own.
std::string to_text(Precision bits, const FilterBits& filters);

/// As set_edge_layers() of a Policy does it, for all filters of those layers.
void set_edge_layers(FilterPolicy& policy, const std::vector<LayerShape>& layers,
                     Precision precision);

/// As read_policy() reads it; `weight_bits` may also be a list of each filter's bits, or say how
/// many filters have which bits, `{"4": 48, "2": 16}`: the first 48 have 4, the others 2.
FilterPolicy read_filter_policy(const std::string& path, const std::string& network,
                                const std::vector<LayerShape>& layers,
                                Activations activations = Activations::kInteger);

/// The filters of a layer that have one width, as a layer of their own.
struct FilterPart {
  LayerShape layer;  // `conv1[2b]`: the same but for its channels and groups
  Precision bits;
  std::vector<std::int64_t> filters;  // its output channels, as the whole layer counts them
};

/// The parts that a layer with weights runs as, by ascending bits; the layer itself where all its
/// filters have its bits. Together they have the MACs of the filters that are not left out. Of a
/// grouped convolution the groups that have equally many filters of a width are one part
/// (`conv1[2b,1]`, `conv1[2b,2]`, by ascending number), so that each part is grouped evenly.
std::vector<FilterPart> parts_of(const LayerShape& layer, Precision bits,
                                 const FilterBits& filters);

}  // namespace bitloom::graph
