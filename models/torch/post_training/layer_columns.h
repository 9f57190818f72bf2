#pragma once

#include <cstdint>
#include <vector>

#include "models/torch/post_training/layer_fit.h"

namespace bitloom::nn {

/// Second moments of what a group of a layer's output channels multiplies, in double, [columns]
/// [columns]: X are its inputs in single precision, Z quantized, one column of X for each output
/// pixel. Both are divided by the number of pixels.
struct Moments {
  torch::Tensor quantized;  // Z Z^T
  torch::Tensor crossed;    // X Z^T
  std::int64_t pixels = 0;
};

/// Of each group, in order; from at most so many pixels of all images as give good estimates.
std::vector<Moments> input_moments(const LayerCase& layer);

}  // namespace bitloom::nn
