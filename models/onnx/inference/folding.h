#pragma once

#include <optional>
#include <vector>

#include "models/onnx/inference/flow.h"

namespace bitloom::onnx {

/// The outputs of a node whose inputs are all known, computed here where they are few numbers, as
/// the shapes that models work out while they run: so they need not run for it. `outputs` hold the
/// shapes and types that the node's rule gave. Nothing where the operator, its types or its size
/// are none of those that matter for shapes.
std::optional<std::vector<Tensor>> folded(const Node& node, const std::vector<const Value*>& inputs,
                                          const std::vector<Value*>& outputs);

/// The tensor that a Constant holds; nothing where it is no dense tensor of numbers.
std::optional<Tensor> constant_tensor(const Node& node);

}  // namespace bitloom::onnx
