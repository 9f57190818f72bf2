#pragma once

#include <cstdint>
#include <vector>

#include "rtl/verify/workload.h"
#include "sim/families/shift/mapping.h"

namespace bitloom::verify {

/// A layer whose weights are words (docs/reference/shift.md), cut as a machine cuts it. Of
/// `workload.weights` each is two words, packed; the second is zero outside selected tiles.
struct ShiftWorkload {
  Workload workload;
  mapping::shift::Mapping mapping;
};

/// 2^exponent or -2^exponent, and 0 in place of 2^0.
struct ShiftWord {
  bool negative = false;
  int exponent = 0;

  std::int64_t value() const;
};

/// Two words as a workload has them, and each of them.
std::int32_t packed(const ShiftWord& first, const ShiftWord& second);
ShiftWord first_of(std::int32_t weight);
ShiftWord second_of(std::int32_t weight);

/// `layer` with random words of the mapping's bits, and in selected tiles second ones.
ShiftWorkload random_shift_workload(const graph::LayerShape& layer,
                                    const mapping::shift::Mapping& mapping, std::int64_t batch,
                                    bool signed_activations, Draw draw, std::uint64_t seed);

/// A small layer: linear, grouped, depthwise or with padding.
graph::LayerShape random_shift_layer(std::uint64_t seed);

/// Exact outputs [image][output channel][row][column] by a plain loop nest over the layer's
/// definition.
std::vector<std::int64_t> plain_sums(const Workload& workload);

}  // namespace bitloom::verify
