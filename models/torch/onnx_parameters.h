#pragma once

#include "models/onnx/import.h"
#include "models/weights/parameters.h"

namespace bitloom::nn {

/// The parameters of an imported network's graph, from its file: what weights::parameters_of() of
/// the graph asks for. A UserError names the parameter whose values cannot be read or computed, or
/// are of another number than the graph needs.
weights::Parameters parameters_of(const bitloom::onnx::Imported& network);

}  // namespace bitloom::nn
