// INQ: powers of two, and what its hook fixes at each step of a training.
#include <gtest/gtest.h>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using testing::complaint;
using torch::Tensor;

void expect_levels(Quantizer& quantizer, const Tensor& w, const std::vector<float>& expected) {
  EXPECT_TRUE(quantizer.quantize(w).equal(torch::tensor(expected))) << quantizer.quantize(w);
}

TrainingTime step(std::int64_t at, std::int64_t of) { return {.step = at, .steps = of}; }

// max|w| = 3 is in [3/4, 3/2) of 4 = 2^n1; 3 bits: n2 = n1 + 1 - 2 = 1.
TEST(Inq, RoundsToPowersOfTwoByTheirThreeQuartersAndToZeroBelowHalfTheSmallest) {
  const Tensor w = torch::tensor({3.0, -2.9, 1.5, 1.49, 1.0, 0.99, -1.2, 0.0});
  const auto quantizer = calibrated("inq", weights_of(3), w);
  expect_levels(*quantizer, w, {4, -2, 2, 2, 2, 0, -2, 0});
  const auto codes = quantizer->codes(w);
  EXPECT_EQ(codes->type, integer::signed_codes(3));
  EXPECT_EQ(codes->scales, std::vector<double>{2});
  EXPECT_TRUE(codes->codes.equal(torch::tensor({2, -1, 1, 1, 1, 0, -1, 0}, torch::kInt)));
}

TEST(Inq, HasThreeLevelsOfTwoBitsAndNoCodesFromFourOn) {
  const Tensor w = torch::tensor({5.9, -2.0, 1.9, 0.1});
  expect_levels(*calibrated("inq", weights_of(2), w), w, {4, -4, 0, 0});
  const auto four_bits = calibrated("inq", weights_of(4), w);
  expect_levels(*four_bits, w, {4, -2, 2, 0});  // 1/2, 1, 2, 4: 0.1 is below 1/4
  EXPECT_FALSE(four_bits->codes(w).has_value());
}

TEST(Inq, HasLevelsForALayerOnly) {
  EXPECT_EQ(complaint([] { made("inq", weights_of(4, QuantizerTask::Granularity::kChannel)); }),
            "quantizer 'inq': has levels for each layer, not for each channel");
}

TEST(Inq, FixesTheLargestHalfFirstThenThoseThatHaveBecomeTheLargest) {
  const Tensor first = torch::tensor({8.0, -7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0});
  const Tensor later = torch::tensor({0.0, 0.0, 0.0, 0.0, 1.4, 2.9, 0.1, -1.0});
  const auto quantizer = calibrated("inq", weights_of(4), first);
  EXPECT_TRUE(quantizer->settled());
  quantizer->at_step(step(0, 4), first);
  EXPECT_FALSE(quantizer->settled());
  EXPECT_FALSE(quantizer->codes(first).has_value());
  expect_levels(*quantizer, first, {8, -8, 8, 4, 4, 3, 2, 1});
  quantizer->at_step(step(1, 4), later);
  expect_levels(*quantizer, later, {8, -8, 8, 4, 1, 2, 0.1F, -1});
  quantizer->at_step(step(2, 4), later);
  expect_levels(*quantizer, later, {8, -8, 8, 4, 1, 2, 0.1F, -1});
  expect_levels(*quantizer, 2 * later, {8, -8, 8, 4, 1, 2, 0.2F, -1});
  quantizer->at_step(step(3, 4), later);
  expect_levels(*quantizer, 2 * later, {8, -8, 8, 4, 1, 2, 0, -1});
  EXPECT_TRUE(quantizer->settled());
}

TEST(Inq, IsSettledAfterTheLastStepHoweverFewThereAre) {
  const Tensor w = torch::tensor({4.0, 1.0, 0.3, 0.2, 2.0});
  for (std::int64_t steps = 1; steps < 10; ++steps) {
    const auto quantizer = calibrated("inq", weights_of(4), w);
    for (std::int64_t at = 0; at < steps; ++at) quantizer->at_step(step(at, steps), w);
    EXPECT_TRUE(quantizer->settled()) << steps;
  }
}

TEST(Inq, FixesAtTheBeginningOfEachQuarterAlone) {
  const Tensor w = torch::tensor({4.0, 1.0, 0.3, 0.2});
  const auto quantizer = calibrated("inq", weights_of(4), w);
  for (std::int64_t at = 0; at < 4; ++at) {
    quantizer->at_step(step(at, 8), w);
    const std::vector<float> half{4, 1, at < 2 ? 0.3F : 0.5F, 0.2F};
    expect_levels(*quantizer, w, half);
  }
}

TEST(Inq, GoesOnFromItsStateAsIfItHadNotBeenInterrupted) {
  const Tensor w = torch::tensor({4.0, 1.0, 0.3, 0.2});
  const auto straight = calibrated("inq", weights_of(4), w);
  straight->at_step(step(0, 8), w);
  const auto resumed = calibrated("inq", weights_of(4), torch::ones({4}));
  for (const auto& [name, tensor] : straight->state()) resumed->load(name, tensor);
  for (std::int64_t at = 1; at < 8; ++at) {
    for (Quantizer* each : {straight.get(), resumed.get()})
      each->at_step(step(at, 8), w / static_cast<double>(at));
    EXPECT_TRUE(resumed->quantize(w).equal(straight->quantize(w)));
  }
}

TEST(InqGradients, AreOneOfFreeWeightsAndZeroOfFixedOnes) {
  const Tensor w = torch::tensor({4.0, 1.0, 0.3, 0.2});
  const auto quantizer = calibrated("inq", weights_of(4), w);
  quantizer->at_step(step(0, 4), w);
  const Tensor gradient = gradient_of(*quantizer, w, torch::full({4}, 3.0));
  EXPECT_TRUE(gradient.equal(torch::tensor({0.0, 0.0, 3.0, 3.0})));
}

}  // namespace
}  // namespace bitloom::nn
