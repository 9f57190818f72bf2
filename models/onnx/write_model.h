#pragma once

#include <string>

#include "models/onnx/model.h"

namespace bitloom::onnx {

/// The bytes of a file that holds `model`: what read_model() reads back. Constants whose elements
/// lie in other files are written with them.
std::string model_bytes(const Model& model);

/// The bytes of a TensorProto.
std::string tensor_bytes(const Tensor& tensor);

}  // namespace bitloom::onnx
