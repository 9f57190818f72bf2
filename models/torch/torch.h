#pragma once

// Tensors with gradients. <torch/torch.h>, which adds modules, optimizers and loaders, takes twice
// as long to compile.
#include <torch/types.h>

namespace bitloom::nn {

using torch::Tensor;

}  // namespace bitloom::nn
