#pragma once

#include <string>

#include "models/onnx/tensor.h"

namespace bitloom::onnx {

/// The size that Resize makes of one by a scale: floor(size * scale), in single precision. -1 where
/// the scale is no number above 0, or the size above 2^48.
std::int64_t scaled_size(std::int64_t size, float scale);

/// Sizes that Resize makes of `from`, and by which scale each. By `stretch` they are the `wanted`
/// ones; by `not_larger` and `not_smaller`, as `keep_aspect_ratio_policy` says, all have one scale,
/// the least or the greatest of wanted / from, and are round(scale * from), halves up, in single
/// precision (https://onnx.ai/onnx/operators/onnx__Resize.html).
struct FittedSizes {
  Shape sizes;
  std::vector<double> scales;
};
/// A UserError names an unknown policy. `from` are above 0, and `wanted` are as many.
FittedSizes fitted_sizes(const Shape& from, const Shape& wanted, const std::string& policy);

}  // namespace bitloom::onnx
