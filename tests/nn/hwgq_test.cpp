// HWGQ: the paper's steps, and that they lose least of a half-wave Gaussian.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

/// The positive half of a unit Gaussian at evenly spread quantiles; with zeros for the other half.
Tensor half_wave(std::int64_t count) {
  const Tensor positive =
      torch::erfinv((torch::arange(count, torch::kDouble) + 0.5) / count) * std::sqrt(2.0);
  return torch::cat({positive, torch::zeros({count}, torch::kDouble)}).to(torch::kFloat);
}

// 0.538 is the paper's for 2 bits; sqrt(2 / pi) the mean of the half, the only level of 1 bit.
TEST(Hwgq, HasThePapersSteps) {
  const Tensor x = half_wave(1 << 16);
  const auto step = [&](int bits) {
    return *calibrated("hwgq", activations_of(bits), x)->activation_scale();
  };
  EXPECT_NEAR(step(1), std::sqrt(2 / M_PI), 1e-3);
  EXPECT_NEAR(step(2), 0.538, 1e-3);
}

/// The loss of the positive values on step, 2 step .. n step.
double loss(const Tensor& positive, double step, int n) {
  const Tensor level = (positive / step).round().clamp(1, n) * step;
  return (level - positive).square().mean().item<double>();
}

TEST(Hwgq, HasTheStepThatLosesLeast) {
  const Tensor x = half_wave(1 << 16), positive = x.slice(0, 0, 1 << 16).to(torch::kDouble);
  for (int bits = 2; bits <= 8; ++bits) {
    const int n = (1 << bits) - 1;
    const double step = *calibrated("hwgq", activations_of(bits), x)->activation_scale();
    for (const double factor : {0.97, 1.03})
      EXPECT_LT(loss(positive, step, n), loss(positive, step * factor, n)) << bits;
  }
}

TEST(Hwgq, FollowsTheDeviationAndTakesSignedValuesForAWholeGaussian) {
  const Tensor x = half_wave(1 << 12);
  const auto unit = calibrated("hwgq", activations_of(3), x);
  const auto wide = calibrated("hwgq", activations_of(3), 5 * x);
  EXPECT_NEAR(*wide->activation_scale(), 5 * *unit->activation_scale(), 1e-5);
  const Tensor whole = torch::cat({x, -x});
  const auto both = calibrated("hwgq", activations_of(3, true), whole);  // 3 levels of each sign
  EXPECT_NEAR(*both->activation_scale(), 0.538 * std::sqrt(whole.square().mean().item<double>()),
              1e-3);
}

TEST(HwgqGradients, AreAClippedRelus) {
  torch::manual_seed(8);
  const auto quantizer = calibrated("hwgq", activations_of(2), half_wave(1000));
  const double end = 3 * *quantizer->activation_scale();
  expect_gradient(*quantizer, 2 * torch::randn({60}),
                  [&](const Tensor& x) { return x.clamp(0, end); });
}

}  // namespace
}  // namespace bitloom::nn
