#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/window.h"
#include "models/integer/codes.h"
#include "models/integer/kernel.h"

namespace bitloom::integer {

/// A depthwise convolution by bit-planes and popcount. A 3x3 window has nine bits of a plane, so
/// several planes of a window share a 32-bit word, and one popcount counts all plane pairs of the
/// same weight 2^(i + j) (kernels/product.h).
class DepthwiseConvolution {
 public:
  /// `weights`: out_channels x kernel height x kernel width codes of `weight_type`.
  DepthwiseConvolution(const graph::LayerShape& shape, const graph::Window& window,
                       CodeType weight_type, CodeType activation_type,
                       std::span<const std::int32_t> weights);

  /// Accumulators, out_channels x output height x output width, of in_channels x height x width
  /// codes, into `out`.
  void accumulate(std::span<const std::int32_t> activations, Kernel kernel,
                  std::span<std::int32_t> out) const;

 private:
  struct WeightPlanes;
  /// What one word holds of a window.
  struct Part {
    std::int64_t first_tap;
    int taps;
    int first_plane;
    int planes;
    int diagonals;
  };

  void split_window(int weight_planes);
  void pack_weights(const WeightPlanes& planes, std::span<const std::int32_t> weights);
  DiagonalMask mask_of(const Part& part, int diagonal, const WeightPlanes& weight_planes,
                       const std::int32_t* weights) const;
  /// Where a position of the padded image lies among the fields. With strides, rows and columns of
  /// one phase (their remainder) lie together, so that every tap reads neighbours for neighbouring
  /// outputs.
  std::int64_t position_of(std::int64_t row, std::int64_t column) const;
  void fill_fields(const std::int32_t* codes, int first_plane, std::uint32_t* fields) const;

  graph::LayerShape shape_;
  graph::Padding padding_;
  CodeType activation_type_;
  graph::Extent grid_;              // of one phase (position_of)
  std::vector<std::int64_t> taps_;  // from an output's position to those under its window
  int planes_of_word_ = 1;
  std::vector<Part> parts_;
  std::vector<DiagonalMask> masks_;  // [output channel][part][diagonal]
  std::uint32_t flipped_ = 0;        // what the flipped bits of zeros count
};

}  // namespace bitloom::integer
