#pragma once

#include <functional>
#include <vector>

#include "models/torch/network.h"

namespace bitloom::search {

/// Adds to `sums[tensor]` (weights of all layers, then their inputs) the mean over the tensor's
/// elements of the squared gradient of each image's own loss: the diagonal of the empirical Fisher
/// matrix, which stands for the Hessian's where the network predicts well.
void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<double>& sums);

}  // namespace bitloom::search
