#pragma once

#include <cstdint>
#include <span>

#include "models/graph/layer_shape.h"

namespace bitloom::integer {

/// Adds a depthwise convolution of `activations` to `out`. Multiplied as integers, not by
/// bit-planes: a 3x3 window has nine bits for a 64-bit word, and rows of an image fill vectors. The
/// sums are those of the bit-planes, being exact.
void accumulate_depthwise(const graph::LayerShape& shape, const graph::Window& window,
                          std::span<const std::int32_t> activations,
                          std::span<const std::int32_t> weights, std::span<std::int32_t> out);

}  // namespace bitloom::integer
