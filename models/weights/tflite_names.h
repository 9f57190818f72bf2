#pragma once

#include <string>
#include <vector>

#include "models/weights/parameters.h"

/// Networks converted from TFLite: convolutions `conv00`, `conv01`, .. and depthwise ones
/// `dwconv00`, .. in execution order, batch norms folded into weights and biases, TensorFlow's SAME
/// padding, and a background class before the others.
namespace bitloom::weights {

bool is_tflite(const graph::Graph& graph, const TensorFile& file);
graph::Graph as_tensorflow_pads(const graph::Graph& graph);
Parameters read_tflite(const graph::Graph& graph, const TensorFile& file,
                       std::vector<std::string>& used);

}  // namespace bitloom::weights
