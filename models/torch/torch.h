#pragma once

// LibTorch takes 15 s to compile; all of models/torch has it from here, the precompiled header.
#include <torch/torch.h>

namespace bitloom::nn {

using torch::Tensor;

}  // namespace bitloom::nn
