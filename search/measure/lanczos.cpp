#include "search/measure/lanczos.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

namespace bitloom::search {
namespace {

using torch::Tensor;

/// Ritz values of the tridiagonal matrix of `alpha` and `beta`; `last` couples to the next vector.
Eigenvalues ritz(const std::vector<double>& alpha, const std::vector<double>& beta, double last,
                 int wanted) {
  const auto n = static_cast<std::int64_t>(alpha.size());
  Tensor matrix = torch::diag(torch::tensor(alpha, torch::kFloat64));
  for (std::int64_t i = 0; i + 1 < n; ++i) {
    matrix[i][i + 1] = beta[static_cast<std::size_t>(i)];
    matrix[i + 1][i] = beta[static_cast<std::size_t>(i)];
  }
  const auto [values, vectors] = torch::linalg_eigh(matrix);
  Eigenvalues result;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(wanted, n); ++i) {
    const std::int64_t at = n - 1 - i;  // they come in ascending order
    result.values.push_back(values[at].item<double>());
    result.residuals.push_back(std::abs(last * vectors[n - 1][at].item<double>()));
  }
  result.products = n;
  return result;
}

}  // namespace

Eigenvalues largest_eigenvalues(const std::function<Tensor(const Tensor&)>& multiply,
                                const Tensor& like, int wanted, double tolerance,
                                std::int64_t most_products, std::uint64_t seed) {
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  const auto options = like.options().requires_grad(false);
  const std::int64_t most = std::min<std::int64_t>(most_products, like.numel());
  std::vector<Tensor> basis;
  std::vector<double> alpha, beta;
  Tensor next = torch::randn(like.sizes(), random, options).to(torch::kFloat64);
  next /= next.norm();
  Eigenvalues result;
  while (static_cast<std::int64_t>(basis.size()) < most) {
    basis.push_back(next);
    Tensor w = multiply(next.to(options.dtype())).to(torch::kFloat64);
    alpha.push_back((w * next).sum().item<double>());
    for (int twice = 0; twice < 2; ++twice)
      for (const Tensor& each : basis) w -= (w * each).sum() * each;
    const auto length = w.norm().item<double>();
    result = ritz(alpha, beta, length, wanted);
    const double largest = std::abs(result.values.front());
    if (result.residuals.front() <= tolerance * largest || length <= 1e-12 * (1 + largest)) break;
    beta.push_back(length);
    next = w / length;
  }
  return result;
}

}  // namespace bitloom::search
