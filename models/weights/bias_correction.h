#pragma once

#include <map>
#include <optional>
#include <string>

#include "models/weights/parameters.h"

/// What calibration adds to the outputs of quantized layers, kept beside the parameters, which stay
/// as they were trained.
namespace bitloom::weights {

/// A number for each output channel of layers, by the layers' names.
using BiasCorrections = std::map<std::string, Tensor>;

/// The parameter that takes the correction of layer `node`: the running mean of the batch norm that
/// alone reads it, which so becomes that of the quantized layer's outputs, or the layer's bias.
/// Nothing where it has neither, and where other layers share the weights.
std::optional<std::string> corrected_parameter(const graph::Graph& graph, graph::NodeId node);

/// `parameters` with the corrections in.
Parameters corrected(const graph::Graph& graph, Parameters parameters,
                     const BiasCorrections& corrections);

/// The tensor that holds a layer's correction: `quantizer.<layer>.bias_correction`.
std::string correction_tensor(const std::string& layer);

/// The corrections that `file` holds. A UserError where one has another shape than its layer's
/// outputs, or no place.
BiasCorrections read_corrections(const graph::Graph& graph, const TensorFile& file);

}  // namespace bitloom::weights
