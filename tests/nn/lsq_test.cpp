// LSQ: its levels, its gradients in values and step by equations 3 and 5, its first step.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using testing::complaint;
using torch::Tensor;

std::unique_ptr<Quantizer> lsq_of(const QuantizerTask& task, const Tensor& step) {
  auto quantizer = made("lsq", task);
  quantizer->load("step", step);
  return quantizer;
}

TEST(Lsq, RoundsHalfToEvenAndUsesEveryCode) {
  const auto weights = lsq_of(weights_of(3), torch::full({}, 0.5));
  const Tensor w = torch::tensor({-9.0, -2.0, -0.75, -0.25, 0.25, 0.3, 1.5, 9.0});
  EXPECT_TRUE(
      weights->quantize(w).equal(torch::tensor({-2.0, -2.0, -1.0, 0.0, 0.0, 0.5, 1.5, 1.5})));
  EXPECT_EQ(weights->codes(w)->type, integer::signed_codes(3));
  EXPECT_EQ(weights->codes(w)->scales, std::vector<double>{0.5});
  const auto inputs = lsq_of(activations_of(2), torch::full({}, 0.5));
  EXPECT_TRUE(inputs->quantize(w).equal(torch::tensor({0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.5, 1.5})));
  EXPECT_EQ(inputs->activation_scale(), 0.5);
}

TEST(Lsq, BeginsWithTheStepOfLeastError) {
  torch::manual_seed(13);
  const Tensor sparse = torch::randn({2, 400}).clamp_min(0.5) - 0.5;
  for (const int bits : {2, 4, 8})
    for (const auto granularity : {kLayer, kChannel}) {
      const auto quantizer = calibrated("lsq", weights_of(bits, granularity), sparse);
      const auto error = [&] {
        return (quantizer->quantize(sparse) - sparse).square().mean().item<double>();
      };
      const double least = error();
      const Tensor step = quantizer->state()[0].second.detach().clone();
      for (const double factor : {0.5, 0.9, 1.1, 2.0}) {
        quantizer->load("step", step * factor);
        EXPECT_LE(least, error()) << bits << " bits, times " << factor;
      }
    }
}

/// Equation 3 times g, summed over `values` in `direction`, in double precision.
Tensor step_gradient(const Tensor& values, const Tensor& direction, double step, int lowest,
                     int highest, double g) {
  const Tensor v = values.to(torch::kDouble) / step;
  const Tensor each =
      torch::where(v <= lowest, torch::full_like(v, lowest),
                   torch::where(v >= highest, torch::full_like(v, highest), v.round() - v));
  return (each * direction.to(torch::kDouble)).sum() * g;
}

void expect_paper_gradients(const QuantizerTask& task, const Tensor& x, double step, int lowest,
                            int highest, double g) {
  const auto quantizer = lsq_of(task, torch::full({}, step));
  const Tensor direction = torch::randn(x.sizes());
  expect_near(
      gradient_of(*quantizer, x, direction),
      numeric_gradient([&](const Tensor& at) { return at.clamp(lowest * step, highest * step); }, x,
                       direction));
  expect_near(quantizer->state()[0].second.grad(),
              step_gradient(x, direction, step, lowest, highest, g));
}

TEST(LsqGradients, AreThePapersInValuesAndStep) {
  torch::manual_seed(11);
  const Tensor w = torch::randn({4, 3, 2, 2});
  for (const int bits : {2, 4, 8}) {
    const int highest = (1 << (bits - 1)) - 1;
    expect_paper_gradients(weights_of(bits), w, 1.7 / highest, -highest - 1, highest,
                           1 / std::sqrt(48.0 * highest));
  }
  // N is the features of one image: 12 of the 48.
  expect_paper_gradients(activations_of(3), w, 0.2, 0, 7, 1 / std::sqrt(12.0 * 7));
  expect_paper_gradients(activations_of(3, true), w, 0.3, -4, 3, 1 / std::sqrt(12.0 * 3));
  expect_paper_gradients(activations_of(1), w, 0.7, 0, 1, 1 / std::sqrt(12.0));
}

TEST(LsqGradients, AreThoseOfEachChannel) {
  torch::manual_seed(12);
  const Tensor w = torch::randn({2, 5, 3, 3}), direction = torch::randn({2, 5, 3, 3});
  const Tensor steps = torch::tensor({0.3, 0.6}).reshape({2, 1, 1, 1});
  const auto quantizer = lsq_of(weights_of(3, kChannel), steps);
  expect_near(
      gradient_of(*quantizer, w, direction),
      numeric_gradient([&](const Tensor& at) { return at.maximum(-4 * steps).minimum(3 * steps); },
                       w, direction));
  const Tensor found = quantizer->state()[0].second.grad().flatten();
  for (const int channel : {0, 1})
    expect_near(found[channel], step_gradient(w[channel], direction[channel],
                                              steps.flatten()[channel].item<float>(), -4, 3,
                                              1 / std::sqrt(45.0 * 3)));
}

TEST(LsqGradients, CountTheEndsAsOutside) {
  const auto quantizer = lsq_of(activations_of(2), torch::full({}, 1.0));
  const Tensor x = torch::tensor({0.0, 3.0});
  EXPECT_TRUE(gradient_of(*quantizer, x, torch::ones({2})).equal(torch::zeros({2})));
  EXPECT_NEAR(quantizer->state()[0].second.grad().item<float>(), 3 / std::sqrt(2.0 * 3), 1e-6);
}

TEST(LsqGradients, BringAStepBackFromBelowZero) {
  const auto quantizer = lsq_of(activations_of(2), torch::ones({}));
  quantizer->state()[0].second.set_data(torch::full({}, -1.0));
  gradient_of(*quantizer, torch::tensor({0.5}), torch::full({1}, -2.0));
  EXPECT_LT(quantizer->state()[0].second.grad().item<float>(), 0);
  quantizer->after_step();
  const float kept = quantizer->state()[0].second.item<float>();
  EXPECT_GT(kept, 0) << "what is stored can be loaded";
}

TEST(Lsq, RefusesStepsThatAreNone) {
  const auto quantizer = made("lsq", weights_of(4));
  EXPECT_EQ(complaint([&] { quantizer->load("step", torch::ones({2})); }),
            "quantizer state 'step': must be one number");
  EXPECT_EQ(complaint([&] { quantizer->load("step", torch::full({}, NAN)); }),
            "quantizer state 'step': must be positive numbers of at most 1e+30, got nan");
  for (const char* wrong : {"0", "-1", "1e+38"})
    EXPECT_EQ(
        complaint([&] { quantizer->load("step", torch::full({}, std::atof(wrong))); }),
        std::string("quantizer state 'step': must be positive numbers of at most 1e+30, got ") +
            wrong);
  const auto channels = made("lsq", weights_of(4, kChannel));
  channels->load("step", torch::ones({8, 1, 1, 1}));
  EXPECT_EQ(complaint([&] {
              channels->quantize(torch::ones({4, 8, 3, 3}));
            }),
            "quantizer state 'step': is 8x1x1x1, the weights are 4x8x3x3");
}

}  // namespace
}  // namespace bitloom::nn
