#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/window.h"
#include "models/integer/bit_matrix.h"
#include "models/integer/depthwise.h"
#include "models/integer/kernel.h"
#include "models/integer/levels.h"

namespace bitloom::integer {

/// What a layer computes: its shape, its window (for a linear layer the default one, of one pixel),
/// and how weights and activations are coded.
struct LayerSpecification {
  graph::LayerShape shape;
  graph::Window window;
  CodeType weights;      // signed or bipolar
  CodeType activations;  // unsigned or signed
  /// Of codes that are learned levels, which the layer multiplies by their own planes.
  std::optional<PlaneCoefficients> weight_planes = {};
  std::optional<PlaneCoefficients> activation_planes = {};
};

/// A convolution, depthwise convolution or linear layer on integers, its weights packed once.
class IntegerLayer {
 public:
  /// `weights`: out_channels x (in_channels / groups) x kernel height x kernel width codes; `bias`:
  /// nothing, or a value in accumulator units for each output channel; `negated`: nothing, or of
  /// each output channel whether the bias is added to its negated sum. A UserError names a layer
  /// whose sums could overflow 32 bits.
  IntegerLayer(LayerSpecification specification, std::span<const std::int32_t> weights,
               std::span<const std::int32_t> bias = {}, std::vector<bool> negated = {});

  /// Accumulators, out_channels x output height x output width, of one image's codes, in_channels x
  /// height x width.
  std::vector<std::int32_t> accumulate(std::span<const std::int32_t> activations,
                                       Kernel kernel) const;

  const LayerSpecification& specification() const { return specification_; }

 private:
  /// How learned levels of one operand or both run.
  struct Planes {
    PlaneCoefficients weights, activations;
    std::vector<std::int32_t> patterns;  // of activation codes from the lowest on
  };

  void pack(std::span<const std::int32_t> weights);
  BitMatrix columns_of(std::span<const std::int32_t> activations) const;
  void accumulate_group(std::int64_t group, std::span<const std::int32_t> activations,
                        Kernel kernel, std::int32_t* out) const;

  LayerSpecification specification_;
  graph::Padding padding_;
  std::optional<DepthwiseConvolution> depthwise_;
  std::vector<BitMatrix> group_weights_;  // empty when depthwise
  std::optional<Planes> planes_;          // never when depthwise
  std::vector<std::int32_t> bias_;
  std::vector<bool> negated_;
};

}  // namespace bitloom::integer
