#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"

namespace bitloom::search {

/// Bits that a layer may have, ascending.
struct LayerBits {
  std::vector<int> weight_bits;
  std::vector<int> activation_bits;
};

/// Bits that the layers of a network may have, and layers that must have the same.
struct BitSpace {
  std::vector<LayerBits> layers;
  std::vector<std::vector<std::size_t>> ties;  // indices of layers
};

/// Reads `2-8`, `2,4,8` or `4`; a UserError names the option.
std::vector<int> parse_bit_list(std::string_view option, std::string_view text);

/// `everywhere`, but for the first and the last layer (graph::set_edge_layers) where `edges` is
/// given, and for what `constraints_file` says:
///
///     {"layers": [{"name": "conv1", "weight_bits": [4, 8], "activation_bits": [8]}],
///      "ties": [["layer1.0.conv1", "layer1.0.downsample.0"]]}
///
/// Layers that share their weights are tied, too. Tied layers may have what all of them may.
BitSpace make_bit_space(const std::vector<graph::LayerShape>& layers, const LayerBits& everywhere,
                        const std::optional<graph::Precision>& edges,
                        const std::optional<std::string>& constraints_file);

}  // namespace bitloom::search
