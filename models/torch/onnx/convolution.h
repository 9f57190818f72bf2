#pragma once

#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// Conv of that node's attributes; `bias` may be undefined.
Tensor convolved(const Call& call, const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace bitloom::nn::onnx
