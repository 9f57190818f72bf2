#pragma once

#include <map>

#include "models/torch/post_training/blocks.h"
#include "models/torch/post_training/layer_fit.h"
#include "models/torch/torch.h"

namespace bitloom::nn {

class QuantizedNetwork;

/// What flows into a block of layers, and what flows out in single precision.
struct BlockCase {
  torch::Tensor real_input;
  torch::Tensor quantized_input;
  torch::Tensor real_output;
};

/// Chooses up or down for each weight of the block, and learns the steps of its activations, so
/// that the block's output comes close to that in single precision: AdaRound (Nagel et al. 2020,
/// arXiv:2004.10568) over blocks as BRECQ (Li et al. 2021, arXiv:2102.05426), with activations in
/// single precision half of the time as QDrop (Wei et al. 2022, arXiv:2203.05740). `fitted`: the
/// levels of each layer's weights so far; layers that are not there keep theirs. So does a block
/// whose output did not come closer on `images`. The draws are a function of the block.
void learn_roundings(QuantizedNetwork& network, const Block& block,
                     const std::map<std::size_t, FittedLevels>& fitted, const BlockCase& images);

}  // namespace bitloom::nn
