#pragma once

#include "models/torch/onnx/call.h"

// Windows that slide over the dimensions after batch and channel: of convolutions and pools.

namespace bitloom::nn::onnx {

/// One value for each dimension that a window slides over.
struct Windows {
  Integers kernel, stride, dilation;
  Integers before, after;  // padding

  std::size_t rank() const { return kernel.size(); }
  /// What a dilated kernel covers.
  std::int64_t reach(std::size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
  bool is_symmetric() const { return before == after; }
};

/// Windows of a node's attributes over an input {batch, channels, ...}. `kernel` are the kernel's
/// sizes where a weight tells them. `auto_pad` is worked out. A UserError where sizes misfit.
Windows windows_of(const Call& call, const Tensor& x, Integers kernel);

/// The same, for a convolution that is transposed: only kernel, stride, dilation and `pads`.
Windows plain_windows_of(const Call& call, const Tensor& x, Integers kernel);

/// With a rim of `value`; negative widths cut.
Tensor rimmed(const Tensor& x, const Integers& before, const Integers& after, double value);

}  // namespace bitloom::nn::onnx
