// Gradients against finite differences of the same function without its rounding: what the
// straight-through estimator promises.
#include <gtest/gtest.h>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;

/// Values away from where the clipped functions have corners.
Tensor values(std::vector<std::int64_t> shape) {
  torch::manual_seed(3);
  return torch::randn(shape) * 2;
}

TEST(UniformGradients, AreOneForAllWeights) {
  for (const int bits : {1, 4})
    for (const auto granularity : {kLayer, kChannel}) {
      const auto quantizer = made("uniform", weights_of(bits, granularity));
      expect_gradient(*quantizer, values({3, 2, 2, 2}), [](const Tensor& w) { return w; });
    }
}

TEST(UniformGradients, AreOneInsideTheRangeOfActivations) {
  const auto positive = calibrated("uniform", activations_of(4), torch::tensor({1.5}));
  expect_gradient(*positive, values({40}), [](const Tensor& x) { return x.clamp(0, 1.5); });
  const auto both = calibrated("uniform", activations_of(3, true), torch::tensor({1.5}));
  expect_gradient(*both, values({40}), [](const Tensor& x) { return x.clamp(-2, 1.5); });
}

TEST(UniformGradients, CountTheEndsOfTheRangeAsInside) {
  const auto quantizer = calibrated("uniform", activations_of(8), torch::tensor({0.7}));
  const Tensor x = torch::tensor({-1e-6, 0.0, 0.7, 0.700001});
  EXPECT_TRUE(
      gradient_of(*quantizer, x, torch::ones({4})).equal(torch::tensor({0.F, 1.F, 1.F, 0.F})));
}

TEST(HaqGradients, AreOneInsideTheRangeOfEachChannel) {
  const Tensor ranges = torch::tensor({1.0, 2.5}).reshape({2, 1, 1, 1});
  const auto weights = made("haq", weights_of(3, kChannel));
  weights->load("range", ranges);
  expect_gradient(*weights, values({2, 3, 3, 3}),
                  [&](const Tensor& w) { return w.minimum(ranges).maximum(-ranges); });
  const auto inputs = made("haq", activations_of(3));
  inputs->load("range", torch::full({}, 1.2));
  expect_gradient(*inputs, values({40}), [](const Tensor& x) { return x.clamp(0, 1.2); });
}

TEST(PactGradients, AreTheClippedFunctionsInValuesAndAlpha) {
  for (const bool is_signed : {false, true}) {
    const auto quantizer = made("pact", activations_of(4, is_signed));
    quantizer->load("alpha", torch::full({}, 1.3));
    const auto clip = [&](const Tensor& x, const Tensor& alpha) {
      return x.maximum(is_signed ? -8.0 / 7 * alpha : torch::zeros_like(alpha)).minimum(alpha);
    };
    const Tensor x = values({60}), direction = torch::randn({60});
    const Tensor alpha = torch::full({}, 1.3, torch::kDouble);
    const Tensor actual = gradient_of(*quantizer, x, direction);
    expect_near(actual,
                numeric_gradient([&](const Tensor& at) { return clip(at, alpha); }, x, direction));
    expect_near(quantizer->state()[0].second.grad(),
                numeric_gradient([&](const Tensor& at) { return clip(x.to(torch::kDouble), at); },
                                 alpha, direction));
  }
}

TEST(PactGradients, AtTheCornersGoToAlphaAboveAndToNothingBelow) {
  const auto quantizer = calibrated("pact", activations_of(2), torch::tensor({3.0}));
  const Tensor x = torch::tensor({-1.0, 0.0, 1.0, 3.0, 4.0});
  const Tensor direction = torch::tensor({1.0, 1.0, 1.0, 10.0, 100.0});
  EXPECT_TRUE(
      gradient_of(*quantizer, x, direction).equal(torch::tensor({0.F, 0.F, 1.F, 0.F, 0.F})));
  EXPECT_EQ(quantizer->state()[0].second.grad().item<float>(), 110);
}

TEST(PactGradients, BringAlphaBackFromBelowZero) {
  const auto quantizer = made("pact", activations_of(2));
  quantizer->state()[0].second.set_data(torch::full({}, -1.0));
  const Tensor x = torch::tensor({0.5});
  EXPECT_NEAR(quantizer->quantize(x).item<float>(), 0, 1e-5);
  gradient_of(*quantizer, x, torch::full({1}, -2.0));
  EXPECT_EQ(quantizer->state()[0].second.grad().item<float>(), -2);
  quantizer->after_step();
  EXPECT_GT(quantizer->state()[0].second.item<float>(), 0);
}

TEST(DorefaGradients, AreThoseOfTanhAndOfTheLargestWeight) {
  for (const auto granularity : {kLayer, kChannel}) {
    const auto quantizer = made("dorefa", weights_of(3, granularity));
    expect_gradient(*quantizer, values({3, 2, 2, 2}), [&](const Tensor& w) {
      const Tensor bounded = w.tanh();
      return granularity == kLayer ? bounded / bounded.abs().max()
                                   : bounded / bounded.abs().amax({1, 2, 3}, true);
    });
  }
}

TEST(DorefaGradients, AreOneForOneBitWeightsAndInsideOneForActivations) {
  expect_gradient(*made("dorefa", weights_of(1)), values({5, 4}),
                  [](const Tensor& w) { return w; });
  expect_gradient(*made("dorefa", activations_of(4)), values({40}),
                  [](const Tensor& x) { return x.clamp(0, 1); });
  expect_gradient(*made("dorefa", activations_of(4, true)), values({40}),
                  [](const Tensor& x) { return x.clamp(-8.0 / 7, 1); });
}

TEST(KmeansGradients, AreTheMeansOfTheirClusters) {
  const Tensor w = values({4, 5});
  const auto quantizer = calibrated("kmeans", weights_of(2), w);
  const Tensor clusters = quantizer->state()[0].second;
  expect_gradient(*quantizer, w, [&](const Tensor& at) {
    Tensor result = torch::zeros_like(at);
    for (int k = 0; k < 4; ++k) {
      const Tensor inside = (clusters == k).to(torch::kDouble);
      result = result + inside * (at * inside).sum() / inside.sum();
    }
    return result;
  });
}

}  // namespace
}  // namespace bitloom::nn
