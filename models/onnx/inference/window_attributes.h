#pragma once

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {

/// What Conv, ConvTranspose and pools slide over the dimensions behind batch and channels. All
/// lists have one element for each of them.
struct WindowAttributes {
  Shape kernel, stride, dilation, before, after;  // padding before and after

  /// Elements that the kernel covers of dimension `i`.
  std::int64_t covered(std::size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

/// Those of a node over an input with the dimensions `space`; `kernel` is the size that the weights
/// have. Automatic padding is resolved.
WindowAttributes window_of(const NodeView& node, const Shape& space, const Shape& kernel);

/// Dimensions of the result.
Shape window_output(const NodeView& node, const WindowAttributes& window, const Shape& space,
                    bool ceil_mode);

/// Those behind batch and channels.
Shape space_of(const NodeView& node, const Shape& dims);

}  // namespace bitloom::onnx
