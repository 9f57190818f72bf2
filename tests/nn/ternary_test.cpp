// TWN and TTQ: three levels, by their thresholds, and what TTQ learns.
#include <gtest/gtest.h>

#include <cmath>

#include "models/quantizers/planes.h"
#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using testing::complaint;
using torch::Tensor;

// mean|w| = 1, so Delta = 0.7; the mean of 0.8, 1, 2.2 is 4/3.
TEST(Twn, IsZeroUpToSevenTenthsOfTheMeanAndOneMagnitudeBeyond) {
  const Tensor w = torch::tensor({0.7, -0.8, 1.0, -0.3, 2.2});
  ASSERT_FLOAT_EQ(w.abs().mean().item<float>(), 1);
  const auto quantizer = made("twn", weights_of(2));
  const float level = 4.0F / 3;
  expect_near(quantizer->quantize(w), torch::tensor({0.F, -level, level, 0.F, level}));
  const Codes codes = *quantizer->codes(w);
  EXPECT_EQ(codes.type, integer::signed_codes(2));
  EXPECT_TRUE(codes.codes.equal(torch::tensor({0, -1, 1, 0, 1}, torch::kInt)));
  EXPECT_FLOAT_EQ(static_cast<float>(codes.scales.at(0)), level);
}

TEST(Twn, FollowsEachChannelWhereAsked) {
  const Tensor w = torch::tensor({{1.0, -1.0}, {0.1, 0.9}});
  expect_near(made("twn", weights_of(2, kChannel))->quantize(w),
              torch::tensor({{1.0, -1.0}, {0.0, 0.9}}));
}

TEST(Ternary, TakesTwoBitsOrThoseOfTheEdges) {
  for (const char* name : {"twn", "ttq"})
    for (const int bits : {1, 3, 7})
      EXPECT_EQ(complaint([&] { made(name, weights_of(bits)); }),
                "quantizer '" + std::string(name) +
                    "': bits must be 2, or 8 and more for the levels of uniform, got " +
                    std::to_string(bits));
  const Tensor w = torch::randn({40});
  EXPECT_TRUE(
      made("twn", weights_of(8))->quantize(w).equal(made("uniform", weights_of(8))->quantize(w)));
}

TEST(TwnGradients, AreOneOfAllWeights) {
  torch::manual_seed(41);
  expect_gradient(*made("twn", weights_of(2)), torch::randn({30}),
                  [](const Tensor& w) { return w; });
}

/// max|w| = 10: Delta = 0.5.
Tensor ternary_weights() { return torch::tensor({10.0, -3.0, 0.5, -0.5, 0.6, -0.6, 0.0, -1.0}); }

std::unique_ptr<Quantizer> ttq_of(double positive, double negative) {
  auto quantizer = made("ttq", weights_of(2));
  quantizer->load("w_p", torch::full({}, positive));
  quantizer->load("w_n", torch::full({}, negative));
  return quantizer;
}

TEST(Ttq, HasALearnedLevelOnEachSide) {
  const auto quantizer = ttq_of(2, 3);
  const Tensor w = ternary_weights();
  EXPECT_TRUE(
      quantizer->quantize(w).equal(torch::tensor({2.0, -3.0, 0.0, 0.0, 2.0, -3.0, 0.0, -3.0})));
  EXPECT_FALSE(quantizer->codes(w).has_value());
  const Planes planes = *quantizer->planes(w);
  EXPECT_EQ(planes.kind, PlaneBits::kZeroOne);
  EXPECT_TRUE(planes.coefficients.equal(torch::tensor({{2.0, -3.0}}, torch::kDouble)));
}

TEST(Ttq, BeginsWithTheMeanMagnitudeOfEachSide) {
  const auto quantizer = calibrated("ttq", weights_of(2), ternary_weights());
  EXPECT_FLOAT_EQ(quantizer->state()[0].second.item<float>(), 10.6F / 2);
  EXPECT_FLOAT_EQ(quantizer->state()[1].second.item<float>(), 4.6F / 3);
}

/// LSQ's factor, for n weights of one layer.
double factor(double n) { return 1 / std::sqrt(n); }

TEST(TtqGradients, OfItsLevelsAreSumsOverTheirSets) {
  const Tensor w = ternary_weights(), direction = torch::randn({8});
  const auto quantizer = ttq_of(2, 3);
  const Tensor found = gradient_of(*quantizer, w, direction);
  const auto of_levels = [&](const Tensor& at) {
    const Tensor d = w.to(torch::kDouble);
    return (d > 0.5).to(torch::kDouble) * at[0] - (d < -0.5).to(torch::kDouble) * at[1];
  };
  const Tensor expected =
      numeric_gradient(of_levels, torch::tensor({2.0, 3.0}), direction) * factor(8);
  expect_near(quantizer->state()[0].second.grad(), expected[0]);
  expect_near(quantizer->state()[1].second.grad(), expected[1]);
  // Of the weights: W_p, 1 and W_n times the level's.
  expect_near(found, direction * torch::tensor({2.0, 3.0, 1.0, 1.0, 2.0, 3.0, 1.0, 3.0}));
}

TEST(TtqGradients, AreThoseOfEachChannel) {
  torch::manual_seed(42);
  const Tensor w = torch::randn({2, 3, 2, 2}), direction = torch::randn({2, 3, 2, 2});
  const auto quantizer = calibrated("ttq", weights_of(2, kChannel), w);
  gradient_of(*quantizer, w, direction);
  const Tensor grad = quantizer->state()[0].second.grad().flatten();
  for (const int channel : {0, 1}) {
    const Tensor inside = (w[channel] > 0.05 * w[channel].abs().max()).to(torch::kFloat);
    expect_near(grad[channel], (direction[channel] * inside).sum() * factor(12));
  }
}

TEST(TtqGradients, BringALevelBackFromBelowZero) {
  const auto quantizer = ttq_of(1, 1);
  quantizer->state()[0].second.set_data(torch::full({}, -1.0));
  gradient_of(*quantizer, torch::tensor({1.0}), torch::full({1}, -2.0));
  EXPECT_LT(quantizer->state()[0].second.grad().item<float>(), 0);
}

TEST(Ttq, RefusesLevelsThatAreNone) {
  const auto quantizer = made("ttq", weights_of(2));
  EXPECT_EQ(complaint([&] { quantizer->load("w_p", torch::ones({2})); }),
            "quantizer state 'w_p': must be one number");
  EXPECT_EQ(complaint([&] { quantizer->load("w_n", torch::full({}, NAN)); }),
            "quantizer state 'w_n': must be positive numbers of at most 1e+30, got nan");
}

}  // namespace
}  // namespace bitloom::nn
