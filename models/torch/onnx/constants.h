#pragma once

#include "models/onnx/call.h"
#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// The value of a constant, computed once where it must be. A UserError names the node that cannot
/// run.
Tensor value_of(const bitloom::onnx::Constant& constant);

}  // namespace bitloom::nn::onnx
