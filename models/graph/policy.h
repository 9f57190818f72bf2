#pragma once

#include <random>
#include <string>
#include <vector>

#include "models/graph/precision.h"

namespace bitloom::graph {

/// Bits per layer, in execution order.
using Policy = std::vector<Precision>;

/// The same bits for every layer.
Policy uniform_policy(std::size_t layers, Precision precision);

/// Bits drawn evenly from [least, most], weights and activations of each layer by themselves;
/// layers that share their weights have the same weight bits.
Policy random_policy(const std::vector<LayerShape>& layers, int least, int most,
                     std::mt19937_64& random);

/// Sets the first and the last layer, which the papers keep at 8/8; with them the layers that share
/// their weights.
void set_edge_layers(Policy& policy, const std::vector<LayerShape>& layers, Precision precision);

/// A UserError, which begins with `name`, where the policy has not an entry for each layer, bits
/// are not in [1, 16], or layers that share their weights have different weight bits.
void check_policy(const std::string& name, const Policy& policy,
                  const std::vector<LayerShape>& layers);

/// What is wrong where layers that share their weights, which are stored once, have different
/// weight bits; else empty.
std::string unequal_widths(const Policy& policy, const std::vector<LayerShape>& layers);

/// Reads a policy for `layers` of `network`: `{"network": ..., "layers": [{"name", "weight_bits",
/// "activation_bits"}]}`, every layer once in any order, or HAQ's `[[w, a], ...]` in execution
/// order, where -1 means 8 (its mark for the image input). Activation bits of 32, single precision,
/// are read where `activations` allows them. The list may be a NumPy array, or stand in a log of
/// HAQ's (policy_document.h). A UserError names file, line, column and key.
Policy read_policy(const std::string& path, const std::string& network,
                   const std::vector<LayerShape>& layers,
                   Activations activations = Activations::kInteger);
/// The same of the bytes of the file `path`.
Policy parse_policy(const std::string& path, const std::string& bytes, const std::string& network,
                    const std::vector<LayerShape>& layers);

}  // namespace bitloom::graph
