#pragma once

#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// The elements of a constant in the type that holds them (`holder_of`), without a copy where they
/// lie as LibTorch wants them: nobody may write to the result. A UserError as `elements_of` has,
/// and for types that have no holder.
Tensor to_torch(const bitloom::onnx::Tensor& tensor);

}  // namespace bitloom::nn::onnx
