#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"

namespace bitloom::verify {

/// What a weight's bits stand for: two's complement, plain binary, or -1 (0) and +1 (1) each: the
/// odd numbers 2 p - (2^w - 1).
enum class WeightCoding { kSigned, kUnsigned, kBipolar };

/// `signed`, `unsigned` or `bipolar`.
std::string_view to_text(WeightCoding coding);

/// A layer with the integers that run through it.
struct Workload {
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
  bool signed_activations = false;
  WeightCoding weight_coding = WeightCoding::kSigned;
  graph::Extent padding;                  // zeros above and to the left of the input
  std::vector<std::int32_t> activations;  // [image][channel][row][column]
  std::vector<std::int32_t> weights;      // [output channel][channel of its group][row][column]
};

/// Zeros above and left of the input that a layer's extents imply: half of what the windows reach
/// over, rounded up.
graph::Extent padding_of(const graph::LayerShape& layer);

/// How random tensors are drawn.
enum class Draw {
  kUniform,   // every code alike
  kExtremes,  // the least and the greatest code only
  kLeast  // the least weight and the activation of the greatest magnitude: the most negative sums
};

/// A workload with random tensors of the precision's widths; the same seed gives the same tensors
/// everywhere.
Workload random_workload(const graph::LayerShape& layer, graph::Precision precision,
                         std::int64_t batch, bool signed_activations, WeightCoding coding,
                         Draw draw, std::uint64_t seed);

/// Exact outputs [image][output channel][row][column] by a plain loop nest over the layer's
/// definition.
std::vector<std::int64_t> reference_outputs(const Workload& workload);

}  // namespace bitloom::verify
