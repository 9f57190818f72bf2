#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/graph/filter_bits.h"
#include "models/graph/layer_shape.h"

namespace bitloom::verify {

/// What a weight's bits stand for: two's complement, plain binary, or -1 (0) and +1 (1) each: the
/// odd numbers 2 p - (2^w - 1).
enum class WeightCoding { kSigned, kUnsigned, kBipolar };

/// `signed`, `unsigned` or `bipolar`.
std::string_view to_text(WeightCoding coding);

/// Codes of the planes of both operands (docs/reference/timing-knobs.md, "Coefficients").
struct PlaneCodes {
  std::vector<std::uint32_t> weights;      // [output channel][plane]
  std::vector<std::uint32_t> activations;  // [plane]
};

/// A layer with the integers that run through it. Where planes have codes of their own, a value is
/// the pattern of its bits, as the same bits are without them.
struct Workload {
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
  bool signed_activations = false;
  WeightCoding weight_coding = WeightCoding::kSigned;
  graph::Extent padding;                  // zeros above and to the left of the input
  std::vector<std::int32_t> activations;  // [image][channel][row][column]
  std::vector<std::int32_t> weights;      // [output channel][channel of its group][row][column]
  std::optional<PlaneCodes> codes = {};   // none: planes weigh powers of two
};

/// The bits of a weight as they lie in the planes.
std::uint32_t weight_pattern(const Workload& workload, std::int64_t index);

/// A part of a workload's layer by filter: the weights of its filters and the channels that they
/// read. Weights that are no codes of two's complement are bipolar. A UserError where they are no
/// codes of the part's bits.
Workload part_of(const Workload& whole, const graph::FilterPart& part);

/// The channels of `outputs`, [image][output channel][..] of the whole layer, that a part makes.
std::vector<std::int64_t> outputs_of(const std::vector<std::int64_t>& outputs,
                                     const Workload& whole, const graph::FilterPart& part);

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

/// Calls `visit(activation, weight)` for every product of output channel `o` of image `n` in row
/// `y`, column `x`: by [channel][row][column] of the weights, those with padding left out.
template <class Visit>
void for_each_product(const Workload& w, std::int64_t n, std::int64_t o, std::int64_t y,
                      std::int64_t x, const Visit& visit) {
  const graph::LayerShape& l = w.layer;
  const std::int64_t group_inputs = l.in_channels / l.groups;
  const std::int64_t first_input = o / (l.out_channels / l.groups) * group_inputs;
  for (std::int64_t c = 0; c < group_inputs; ++c)
    for (std::int64_t ky = 0; ky < l.kernel.height; ++ky)
      for (std::int64_t kx = 0; kx < l.kernel.width; ++kx) {
        const std::int64_t iy = y * l.stride.height + ky - w.padding.height;
        const std::int64_t ix = x * l.stride.width + kx - w.padding.width;
        if (iy < 0 || iy >= l.input.height || ix < 0 || ix >= l.input.width) continue;
        const std::int64_t input =
            ((n * l.in_channels + first_input + c) * l.input.height + iy) * l.input.width + ix;
        const std::int64_t weight =
            ((o * group_inputs + c) * l.kernel.height + ky) * l.kernel.width + kx;
        visit(w.activations[static_cast<std::size_t>(input)],
              w.weights[static_cast<std::size_t>(weight)]);
      }
}

/// Exact outputs [image][output channel][row][column] by a plain loop nest over the layer's
/// definition: of level codes where planes have codes of their own.
std::vector<std::int64_t> reference_outputs(const Workload& workload);

}  // namespace bitloom::verify
