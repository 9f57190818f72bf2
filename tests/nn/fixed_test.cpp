// The fixed point of MPDNN: powers of two, and the bounded gradient of the step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

std::unique_ptr<Quantizer> fixed_of(const QuantizerTask& task, double step) {
  auto quantizer = made("fixed", task);
  quantizer->load("d", torch::full({}, step));
  return quantizer;
}

TEST(Fixed, HasThePowerOfTwoNearestToItsStep) {
  const Tensor x = torch::tensor({-9.0, -0.6, 0.3, 0.8, 9.0});
  const auto weights = fixed_of(weights_of(3), 0.6);  // log2 is nearest to -1
  EXPECT_TRUE(weights->quantize(x).equal(torch::tensor({-1.5, -0.5, 0.5, 1.0, 1.5})));
  EXPECT_EQ(weights->codes(x)->scales, std::vector<double>{0.5});
  EXPECT_EQ(fixed_of(activations_of(3), 0.72)->activation_scale(), 1.0);
}

/// The gradient to d in `direction`, before it is bounded.
double step_gradient(const Tensor& x, const Tensor& direction, double step, int lowest,
                     int highest) {
  const Tensor v = x.to(torch::kDouble) / step, clipped = v.clamp(lowest, highest);
  const Tensor each = torch::where(v == clipped, clipped.round() - v, clipped);
  return (each * direction).sum().item<double>();
}

void expect_gradients(const QuantizerTask& task, double step, int lowest, int highest) {
  torch::manual_seed(14);
  const Tensor x = torch::randn({50});
  for (const double size : {1e-3, 1.0}) {  // within its bound, and beyond
    const Tensor direction = torch::randn({50}) * size;
    const auto quantizer = fixed_of(task, 1.1 * step);
    expect_near(
        gradient_of(*quantizer, x, direction),
        numeric_gradient([&](const Tensor& at) { return at.clamp(lowest * step, highest * step); },
                         x, direction));
    const double whole = step_gradient(x, direction, step, lowest, highest);
    EXPECT_NEAR(quantizer->state()[0].second.grad().item<double>(), std::clamp(whole, -step, step),
                1e-4 * step)
        << whole;
  }
}

TEST(FixedGradients, AreThePapersWithinTheStep) {
  expect_gradients(weights_of(3), 0.25, -3, 3);
  expect_gradients(activations_of(2), 0.5, 0, 3);
  expect_gradients(activations_of(3, true), 0.25, -4, 3);
}

TEST(FixedGradients, BringAStepBackFromBelowZero) {
  const auto quantizer = fixed_of(activations_of(2), 1);
  quantizer->state()[0].second.set_data(torch::full({}, -1.0));
  gradient_of(*quantizer, torch::tensor({0.5}), torch::full({1}, -2.0));
  EXPECT_LT(quantizer->state()[0].second.grad().item<float>(), 0);
}

}  // namespace
}  // namespace bitloom::nn
