#pragma once

#include <functional>
#include <vector>

#include "models/torch/network.h"

namespace bitloom::search {

/// Adds to `rows[tensor]` (weights of all layers, then their inputs) of each image the mean over
/// the tensor's elements of the squared gradient of its own loss: samples of the diagonal of the
/// empirical Fisher matrix. `progress(images done)`.
void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<std::vector<double>>& rows,
                const std::function<void(std::int64_t)>& progress);

}  // namespace bitloom::search
