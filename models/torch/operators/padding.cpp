#include "models/torch/operators/padding.h"

namespace bitloom::nn {

using graph::Padding;

Tensor as_image(const Tensor& x) { return x.dim() == 3 ? x.unsqueeze(2) : x; }

Padding padding_of(const graph::Window& window, const Tensor& x) {
  return graph::resolved_padding(window, {x.size(2), x.size(3)});
}

bool is_symmetric(const Padding& padding) {
  return padding.top == padding.bottom && padding.left == padding.right;
}

Padded padded(const Tensor& x, const Padding& padding, double value, bool in_operator) {
  if (in_operator && is_symmetric(padding)) return {x, {padding.top, padding.left}};
  return {
      torch::constant_pad_nd(x, {padding.left, padding.right, padding.top, padding.bottom}, value),
      {0, 0}};
}

std::vector<std::int64_t> sizes(graph::Extent extent) { return {extent.height, extent.width}; }

}  // namespace bitloom::nn
