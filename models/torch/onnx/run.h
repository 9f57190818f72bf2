#pragma once

#include <vector>

#include "models/torch/onnx/table.h"

namespace bitloom::nn::onnx {

/// Runs a whole model as ONNX means it, node by node, on inputs in the order of `model.graph`, and
/// gives its outputs in theirs. Tensors keep their batch; those of types that LibTorch lacks are in
/// their holders. A tensor's memory is freed after the last node that reads it.
///
/// A UserError names the file, and the node that cannot run: by its name, or by its operator and
/// its first output. It is kUnsupported where the operator is not known.
std::vector<Tensor> run(const bitloom::onnx::Model& model, const std::vector<Tensor>& inputs,
                        Precision precision = Precision::kSingle);

}  // namespace bitloom::nn::onnx
