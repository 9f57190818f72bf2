#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/integer/program.h"
#include "models/weights/parameters.h"
#include "models/weights/trained_network.h"

/// A quantized network's integers beside its real parameters, in one file:
/// `integer.<layer>.weights` (codes), `integer.<layer>.scales`, and under the metadata key
/// `integer` the rest as JSON.
namespace bitloom::weights {

/// Biases, and batch norms as they infer, in double from their single precision parameters.
integer::NetworkParameters real_parameters(const graph::Graph& graph, const Parameters& parameters);

/// Adds `layers` to what a file will hold.
void add_integer_layers(const std::vector<integer::QuantizedLayer>& layers, Parameters& tensors,
                        std::map<std::string, std::string>& metadata);

bool has_integer_layers(const TensorFile& file);

/// What add_integer_layers() stored, in the order of layers_of(graph). A UserError names what is
/// missing or no code of its type.
std::vector<integer::QuantizedLayer> read_integer_layers(const graph::Graph& graph,
                                                         const TensorFile& file);

/// The same of a file that holds some of the layers; nothing where it lacks one.
std::vector<std::optional<integer::QuantizedLayer>> read_some_integer_layers(
    const graph::Graph& graph, const TensorFile& file);

}  // namespace bitloom::weights
