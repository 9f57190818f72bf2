#pragma once

#include <cstdint>
#include <functional>

#include "models/torch/torch.h"
#include "search/measure/loss_curvature.h"

namespace bitloom::search {

/// The `wanted` largest eigenvalues of `multiply` on vectors shaped as `like`, by Lanczos' method
/// with full reorthogonalization from a random start; ends when the largest one's residual is below
/// `tolerance` of its value, or after `most_products`.
Eigenvalues largest_eigenvalues(const std::function<torch::Tensor(const torch::Tensor&)>& multiply,
                                const torch::Tensor& like, int wanted, double tolerance,
                                std::int64_t most_products, std::uint64_t seed);

}  // namespace bitloom::search
