#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/torch/torch.h"

namespace bitloom::search {

/// Eigenvalues of a symmetric operator, largest first, and for each how far its vector is from
/// being one: |A x - lambda x| for |x| = 1. The true spectrum has a value within that of each.
struct Eigenvalues {
  std::vector<double> values;
  std::vector<double> residuals;
  std::int64_t products = 0;
};

/// The `wanted` largest eigenvalues of `multiply` on vectors shaped as `like`, by Lanczos' method
/// with full reorthogonalization from a random start; ends when the largest one's residual is below
/// `tolerance` of its value, or after `most_products`.
Eigenvalues largest_eigenvalues(const std::function<torch::Tensor(const torch::Tensor&)>& multiply,
                                const torch::Tensor& like, int wanted, double tolerance,
                                std::int64_t most_products, std::uint64_t seed);

}  // namespace bitloom::search
