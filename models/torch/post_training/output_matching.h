#pragma once

#include "models/torch/torch.h"

// Outputs [batch][channels]... of a layer, in single precision and quantized.

namespace bitloom::nn {

/// The mean of each channel, [channels].
torch::Tensor channel_means(const torch::Tensor& outputs);
/// A number for each channel, shaped to add to `outputs`.
torch::Tensor along_channels(const torch::Tensor& each, const torch::Tensor& outputs);
/// What brings each channel of the quantized output to the variance that it has in single
/// precision, [channels]; between 1/2 and 2.
torch::Tensor variance_gains(const torch::Tensor& real, const torch::Tensor& quantized);

}  // namespace bitloom::nn
