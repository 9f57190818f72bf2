#pragma once

#include "models/graph/graph.h"
#include "models/torch/torch.h"

/// The graph's operators that LibTorch has not under the same terms: padding may differ from side
/// to side. Tensors are [batch][channels][height][width].
namespace bitloom::nn {

torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight,
                          const torch::Tensor& bias, const graph::Convolution& op);
torch::Tensor pool(const torch::Tensor& x, const graph::Pool& op);
torch::Tensor upsample(const torch::Tensor& x, const graph::Upsample& op);
torch::Tensor padded_subsample(const torch::Tensor& x, const graph::PaddedSubsample& op);

}  // namespace bitloom::nn
