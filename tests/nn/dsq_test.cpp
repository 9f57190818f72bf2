// DSQ: its levels, and its gradients against the paper's soft function by finite differences.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;

std::unique_ptr<Quantizer> dsq_of(const QuantizerTask& task, const Tensor& bound, double alpha) {
  auto quantizer = made("dsq", task);
  quantizer->load("bound", bound);
  quantizer->load("steepness", torch::full_like(bound, alpha));
  return quantizer;
}

/// l + Delta (i + (phi + 1) / 2) in the interval i that x is in, as the paper writes it; the bounds
/// outside. l is `lowest` * bound.
Tensor soft(const Tensor& x, const Tensor& bound, const Tensor& alpha, double lowest,
            int intervals) {
  const Tensor l = lowest * bound, delta = (bound - l) / intervals;
  const Tensor i = ((x - l) / delta).floor().clamp(0, intervals - 1);
  const Tensor middle = l + (i + 0.5) * delta;
  const Tensor k = torch::log(2 / alpha - 1) / delta, s = 1 / (1 - alpha);
  const Tensor inside = l + delta * (i + (s * torch::tanh(k * (x - middle)) + 1) / 2);
  return torch::where(x < l, l, torch::where(x > bound, bound, inside));
}

void expect_gradients_of_soft(const QuantizerTask& task, const Tensor& x, const Tensor& bound,
                              double lowest, int intervals) {
  const auto quantizer = dsq_of(task, bound, 0.3);
  const Tensor direction = torch::randn(x.sizes());
  const Tensor in_double = x.to(torch::kDouble), u = bound.to(torch::kDouble);
  const Tensor alpha = torch::full_like(u, 0.3);
  const auto at = [&](const Tensor& values, const Tensor& upper, const Tensor& steepness) {
    return soft(values, upper, steepness, lowest, intervals);
  };
  expect_near(gradient_of(*quantizer, x, direction),
              numeric_gradient([&](const Tensor& v) { return at(v, u, alpha); }, x, direction));
  expect_near(
      quantizer->state()[0].second.grad(),
      numeric_gradient([&](const Tensor& v) { return at(in_double, v, alpha); }, u, direction));
  expect_near(
      quantizer->state()[1].second.grad(),
      numeric_gradient([&](const Tensor& v) { return at(in_double, u, v); }, alpha, direction));
}

TEST(Dsq, RoundsWeightsToOddMultiplesOfItsBoundOverTheSteps) {
  const auto quantizer = dsq_of(weights_of(2), torch::full({}, 3.0), 0.2);
  const Tensor w = torch::tensor({-5.0, -2.1, -1.9, -0.1, 0.1, 2.1, 9.0});
  const Tensor expected = torch::tensor({-3.0, -3.0, -1.0, -1.0, 1.0, 3.0, 3.0});
  EXPECT_TRUE(quantizer->quantize(w).equal(expected)) << quantizer->quantize(w);
  const auto codes = quantizer->codes(w);
  EXPECT_EQ(codes->type, (integer::CodeType{integer::Encoding::kBipolar, 2}));
  EXPECT_EQ(codes->scales, std::vector<double>{1});
  EXPECT_TRUE(codes->codes.to(torch::kFloat).equal(expected));
}

TEST(Dsq, RoundsActivationsFromZeroOrToEverySignedCode) {
  const Tensor x = torch::tensor({-9.0, -1.0, 0.4, 0.6, 1.6, 9.0});
  EXPECT_TRUE(dsq_of(activations_of(2), torch::full({}, 3.0), 0.2)
                  ->quantize(x)
                  .equal(torch::tensor({0.0, 0.0, 0.0, 1.0, 2.0, 3.0})));
  EXPECT_TRUE(dsq_of(activations_of(2, true), torch::full({}, 3.0), 0.2)
                  ->quantize(x)
                  .equal(torch::tensor({-6.0, 0.0, 0.0, 0.0, 3.0, 3.0})));
}

TEST(Dsq, BeginsWithTheLargestMagnitudeAndAnAlphaOfAFifth) {
  const auto quantizer = calibrated("dsq", weights_of(4, kChannel),
                                    torch::tensor({1.0, -3.0, 0.5, 0.25}).reshape({2, 2}));
  EXPECT_TRUE(quantizer->state()[0].second.equal(torch::tensor({3.0, 0.5}).reshape({2, 1})));
  EXPECT_TRUE(quantizer->state()[1].second.equal(torch::full({2, 1}, 0.2)));
  for (const auto& [name, tensor] : quantizer->state()) EXPECT_TRUE(tensor.requires_grad());
}

TEST(DsqGradients, AreThoseOfTheSoftFunctionInValuesBoundAndAlpha) {
  torch::manual_seed(5);
  const Tensor x = torch::randn({60}), bound = torch::full({}, 1.3);
  expect_gradients_of_soft(weights_of(2), x, bound, -1, 3);
  expect_gradients_of_soft(activations_of(3), x, bound, 0, 7);
  expect_gradients_of_soft(activations_of(2, true), x, bound, -2, 3);
}

TEST(DsqGradients, AreThoseOfEachChannel) {
  torch::manual_seed(6);
  expect_gradients_of_soft(weights_of(3, kChannel), torch::randn({2, 3, 3, 3}),
                           torch::tensor({0.8, 1.7}).reshape({2, 1, 1, 1}), -1, 7);
}

// dphi / dx = k (1 - tanh^2) / (1 - alpha): tanh is 0 in the middle of an interval, and 1 - alpha
// at its ends. With alpha = 0.2 and Delta = 1, k = ln 9.
TEST(DsqGradients, AreSteepInTheMiddleOfAnIntervalAndFlatAtItsEnds) {
  const auto quantizer = dsq_of(activations_of(1), torch::full({}, 1.0), 0.2);
  const Tensor gradient = gradient_of(*quantizer, torch::tensor({0.5, 0.0}), torch::ones({2}));
  const double middle = std::log(9.0) / 2 / 0.8;
  EXPECT_NEAR(gradient[0].item<float>(), middle, 1e-5);
  EXPECT_NEAR(gradient[1].item<float>(), middle * (1 - 0.8 * 0.8), 1e-5);
}

TEST(DsqGradients, BringBoundAndAlphaBackIntoTheirRanges) {
  const auto quantizer = dsq_of(activations_of(2), torch::ones({}), 0.9);
  quantizer->state()[0].second.set_data(torch::full({}, -1.0));
  EXPECT_NEAR(quantizer->quantize(torch::tensor({0.5})).item<float>(), 0, 1e-5);
  gradient_of(*quantizer, torch::tensor({0.5}), torch::full({1}, -2.0));
  EXPECT_EQ(quantizer->state()[0].second.grad().item<float>(), -2);
  EXPECT_TRUE(std::isfinite(quantizer->state()[1].second.grad().item<float>()));
}

}  // namespace
}  // namespace bitloom::nn
