#pragma once

#include "models/graph/operator.h"
#include "models/quantizers/least_error.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

/// A layer while its levels are chosen: its operands in single precision and as the quantized
/// layers before it give them. All tensors are of the same images.
struct LayerCase {
  const graph::Operator& op;
  torch::Tensor weight;           // [out][in / groups][kernel height][kernel width] or [out][in]
  torch::Tensor bias;             // undefined: none
  torch::Tensor real_input;       // in single precision
  torch::Tensor quantized_input;  // on the levels of the activations' quantizer
  const LayerProduct& compute;

  torch::Tensor real_output() const { return compute({real_input, weight, bias}); }
  torch::Tensor output_of(const torch::Tensor& weights) const {
    return compute({quantized_input, weights, bias});
  }
};

/// Levels that were chosen for a layer's weights; `aim` and `codes` have the weights' shape.
struct FittedLevels {
  torch::Tensor aim;    // what was rounded
  torch::Tensor codes;  // to these integers, times
  torch::Tensor scale;  // as FittableWeights has it
};

/// The nearest levels on the quantizer's own scales.
FittedLevels round_to_nearest(const LayerCase& layer, const FittableWeights& weights);
/// GPTQ (Frantar et al. 2023, arXiv:2210.17323) towards the output in single precision.
FittedLevels gptq(const LayerCase& layer, const FittableWeights& weights);

}  // namespace bitloom::nn
