#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/weights/parameters.h"

/// Keras: `conv1/kernel:0`, `conv_dw_1/depthwise_kernel:0`, `conv1_bn/gamma:0`, ...; kernels are
/// height x width x in x out, dense ones in x out.
namespace bitloom::weights {

bool is_keras(const graph::Graph& graph, const TensorFile& file);
Parameters read_keras(const graph::Graph& graph, const TensorFile& file,
                      std::vector<std::string>& used);
std::optional<std::int64_t> keras_classes(const graph::Graph& graph, const TensorFile& file);

}  // namespace bitloom::weights
