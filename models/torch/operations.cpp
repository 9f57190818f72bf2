#include "models/torch/operations.h"

#include <limits>

#include "base/error.h"
#include "models/graph/shape_inference.h"

namespace bitloom::nn {
namespace {

using graph::Padding;

Padding padding_of(const graph::Window& window, const Tensor& x) {
  return graph::resolved_padding(window, {x.size(2), x.size(3)});
}

bool is_symmetric(const Padding& padding) {
  return padding.top == padding.bottom && padding.left == padding.right;
}

/// `x` with `padding` around it, and the padding that is left to the operator itself: its own is
/// symmetric, and saves the copy.
struct Padded {
  Tensor x;
  std::vector<std::int64_t> left;
};

Padded padded(const Tensor& x, const Padding& padding, double value, bool in_operator) {
  if (in_operator && is_symmetric(padding)) return {x, {padding.top, padding.left}};
  return {
      torch::constant_pad_nd(x, {padding.left, padding.right, padding.top, padding.bottom}, value),
      {0, 0}};
}

std::vector<std::int64_t> sizes(graph::Extent extent) { return {extent.height, extent.width}; }

/// LibTorch's own pooling pads half a kernel at most.
bool fits_pooling(const Padding& padding, graph::Extent kernel) {
  return 2 * padding.top <= kernel.height && 2 * padding.left <= kernel.width;
}

Tensor average_pool(const Tensor& x, const graph::Pool& op, const Padding& padding) {
  const graph::Window& window = op.window;
  const bool in_operator = fits_pooling(padding, window.kernel);
  if (op.count_padding || (in_operator && is_symmetric(padding))) {
    const Padded from = padded(x, padding, 0, in_operator);
    return torch::avg_pool2d(from.x, sizes(window.kernel), sizes(window.stride), from.left,
                             op.ceil_mode, op.count_padding);
  }
  const auto sums = [&](const Tensor& values) {
    return torch::avg_pool2d(padded(values, padding, 0, false).x, sizes(window.kernel),
                             sizes(window.stride), {0, 0}, op.ceil_mode, true, 1);
  };
  return sums(x) / sums(torch::ones({1, 1, x.size(2), x.size(3)}, x.options()));
}

}  // namespace

Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias,
                   const graph::Convolution& op) {
  const Padded from = padded(x, padding_of(op.window, x), 0, true);
  return torch::conv2d(from.x, weight, bias, sizes(op.window.stride), from.left,
                       sizes(op.window.dilation), op.groups);
}

Tensor pool(const Tensor& x, const graph::Pool& op) {
  const Padding padding = padding_of(op.window, x);
  if (op.kind == graph::PoolKind::kAverage) return average_pool(x, op, padding);
  const Padded from = padded(x, padding, -std::numeric_limits<double>::infinity(),
                             fits_pooling(padding, op.window.kernel));
  return torch::max_pool2d(from.x, sizes(op.window.kernel), sizes(op.window.stride), from.left,
                           sizes(op.window.dilation), op.ceil_mode);
}

Tensor upsample(const Tensor& x, const graph::Upsample& op) {
  return torch::upsample_nearest2d(x, sizes(op.size));
}

Tensor padded_subsample(const Tensor& x, const graph::PaddedSubsample& op) {
  using torch::indexing::None;
  using torch::indexing::Slice;
  const Tensor kept =
      x.index({Slice(), Slice(), Slice(None, None, op.stride), Slice(None, None, op.stride)});
  return torch::constant_pad_nd(kept, {0, 0, 0, 0, op.channels_before, op.channels_after});
}

}  // namespace bitloom::nn
