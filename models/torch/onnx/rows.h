#pragma once

#include "models/torch/onnx/table.h"

// What the rows of the table share.

namespace bitloom::nn::onnx {

template <Tensor (*function)(const Tensor&)>
Outputs unary(const Call& call) {
  return {function(call[0])};
}

}  // namespace bitloom::nn::onnx
