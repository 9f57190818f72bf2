#pragma once

#include <string>
#include <vector>

#include "models/graph/precision.h"

namespace bitloom::graph {

/// Bits per layer, in execution order.
using Policy = std::vector<Precision>;

/// The same bits for every layer.
Policy uniform_policy(std::size_t layers, Precision precision);

/// Sets the first and the last layer, which the papers keep at 8/8; with them the layers that share
/// their weights.
void set_edge_layers(Policy& policy, const std::vector<LayerShape>& layers, Precision precision);

/// Reads a policy for `layers` of `network`: `{"network": ..., "layers": [{"name", "weight_bits",
/// "activation_bits"}]}`, every layer once in any order, or HAQ's `[[w, a], ...]` in execution
/// order, where -1 means 8 (its mark for the image input). Activation bits of 32, single precision,
/// are read where `activations` allows them. A UserError names file, line, column and key.
Policy read_policy(const std::string& path, const std::string& network,
                   const std::vector<LayerShape>& layers,
                   Activations activations = Activations::kInteger);

}  // namespace bitloom::graph
