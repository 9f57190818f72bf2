#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "models/quantizers/quantizer.h"

/// Gradients of quantizers, and by finite differences.
namespace bitloom::nn {

using Function = std::function<Tensor(const Tensor&)>;

/// d sum(direction * f(x)) / dx by central differences, in double precision.
inline Tensor numeric_gradient(const Function& f, const Tensor& x, const Tensor& direction) {
  constexpr double kStep = 1e-6;
  const Tensor at = x.detach().to(torch::kDouble).clone();
  const Tensor flat = at.view({-1});
  Tensor gradient = torch::zeros_like(flat);
  const auto loss = [&] { return (direction * f(at)).sum().item<double>(); };
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    const double before = flat[i].item<double>();
    flat[i] = before + kStep;
    const double above = loss();
    flat[i] = before - kStep;
    gradient[i] = (above - loss()) / (2 * kStep);
    flat[i] = before;
  }
  return gradient.reshape(x.sizes());
}

/// The gradient of `quantizer` at `values` in `direction`.
inline Tensor gradient_of(Quantizer& quantizer, const Tensor& values, const Tensor& direction) {
  const Tensor leaf = values.detach().clone().set_requires_grad(true);
  (direction * quantizer.quantize(leaf)).sum().backward();
  return leaf.grad();
}

inline void expect_near(const Tensor& actual, const Tensor& expected) {
  EXPECT_TRUE(actual.to(torch::kDouble).allclose(expected.to(torch::kDouble), 1e-4, 1e-5))
      << actual << expected;
}

inline void expect_gradient(Quantizer& quantizer, const Tensor& values, const Function& unrounded) {
  const Tensor direction = torch::randn(values.sizes());
  expect_near(gradient_of(quantizer, values, direction),
              numeric_gradient(unrounded, values, direction));
}

}  // namespace bitloom::nn
