#pragma once

#include <vector>

#include "models/onnx/tensor.h"

namespace bitloom::onnx {

/// Holds every whole number of 64 bits and every double exactly: 64 bits of mantissa or more.
using Number = long double;

/// A small tensor while its elements are computed.
struct Numbers {
  ElementType type = ElementType::kUndefined;
  Shape dims = {};
  std::vector<Number> values = {};

  std::size_t size() const { return values.size(); }
};

}  // namespace bitloom::onnx
