#include <limits>

#include "models/operators/pool.h"
#include "models/torch/operators/node_run.h"
#include "models/torch/operators/padding.h"

namespace bitloom::nn {

namespace {

using graph::Padding;

/// LibTorch's own pooling pads half a kernel at most.
bool fits_pooling(const Padding& padding, graph::Extent kernel) {
  return 2 * padding.top <= kernel.height && 2 * padding.left <= kernel.width;
}

Tensor mean_under(const Tensor& x, const graph::Pool& op, const Padding& padding) {
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

Tensor compute(const graph::Pool& op, NodeRun& node) {
  const Tensor& x = node.input();
  const Padding padding = padding_of(op.window, x);
  if (op.kind == graph::PoolKind::kAverage) return mean_under(x, op, padding);
  const Padded from = padded(x, padding, -std::numeric_limits<double>::infinity(),
                             fits_pooling(padding, op.window.kernel));
  return torch::max_pool2d(from.x, sizes(op.window.kernel), sizes(op.window.stride), from.left,
                           sizes(op.window.dilation), op.ceil_mode);
}

}  // namespace bitloom::nn
