#pragma once

#include <functional>
#include <vector>

#include "models/torch/network.h"
#include "search/measure/loss_curvature.h"

namespace bitloom::search {

/// Adds to `rows[tensor]` (weights of all layers, then their inputs) of each image the mean over
/// the tensor's elements of the squared gradient of its own loss: samples of the diagonal of the
/// empirical Fisher matrix; to `filters`, unless null, the same of each filter of the weights.
/// `progress(images done)`.
void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<std::vector<double>>& rows, FilterSums* filters,
                const std::function<void(std::int64_t)>& progress);

}  // namespace bitloom::search
