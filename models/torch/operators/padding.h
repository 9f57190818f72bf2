#pragma once

#include <vector>

#include "models/graph/window.h"
#include "models/torch/torch.h"

// Windows whose padding may differ from side to side, which LibTorch's operators do not know.

namespace bitloom::nn {

/// [batch][channels][length] as images of one row; images as they are.
Tensor as_image(const Tensor& x);

/// The padding of `window` over `x`, [batch][channels][height][width].
graph::Padding padding_of(const graph::Window& window, const Tensor& x);

bool is_symmetric(const graph::Padding& padding);

/// `x` with `padding` around it, and the padding that is left to the operator itself: its own is
/// symmetric, and saves the copy.
struct Padded {
  Tensor x;
  std::vector<std::int64_t> left;
};

Padded padded(const Tensor& x, const graph::Padding& padding, double value, bool in_operator);

/// As LibTorch's operators take it.
std::vector<std::int64_t> sizes(graph::Extent extent);

}  // namespace bitloom::nn
