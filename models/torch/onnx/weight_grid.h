#pragma once

#include <optional>

#include "models/onnx/call.h"
#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// Weights as their file quantizes them: value = code * step, element by element.
struct WeightGrid {
  Tensor codes;  // whole numbers in double precision, less their zero points
  Tensor steps;  // in double precision, of the same shape
  std::int64_t lowest = 0, highest = 0;  // codes that the file's type has
  bool is_bipolar = false;               // codes are -1 and 1
};

/// Follows a constant back to what quantizes it, through nodes that move its elements:
/// `DequantizeLinear` of constant codes, or QONNX's `Quant`, `IntQuant` and `BipolarQuant`. Nothing
/// where none does. Of codes that the file holds lowest and highest are their own.
std::optional<WeightGrid> weight_grid(const bitloom::onnx::Constant& constant);

/// Least and greatest code that the bit width of a `Quant` says (1, -1 and 1 where it is signed).
struct QuantLimits {
  std::int64_t least, most;
};
/// A UserError where `bits` are not in [1, 32].
QuantLimits quant_limits(const Node& node, double bits);

}  // namespace bitloom::nn::onnx
