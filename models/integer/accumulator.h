#pragma once

#include <cstdint>

#include "models/graph/layer_shape.h"
#include "models/integer/codes.h"

namespace bitloom::integer {

constexpr int kAccumulatorBits = 32;

/// Bits of a two's complement accumulator that holds every sum of `reduction` products and a bias:
/// products of (2^a - 1) * 2^(w-1) at most, as the mapping counts them, whatever the activations'
/// sign.
int accumulator_bits_needed(std::int64_t reduction, const CodeType& weights,
                            const CodeType& activations, std::int64_t largest_bias = 0);

/// UserError naming the layer and the bits needed when its sums could overflow 32-bit accumulators.
void require_accumulator(const graph::LayerShape& layer, const CodeType& weights,
                         const CodeType& activations, std::int64_t largest_bias);

}  // namespace bitloom::integer
