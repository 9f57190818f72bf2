// STLQ: powers of two, and for a selected share of the weights the sum of two.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

TrainingTime time_at(std::int64_t at, std::int64_t of) { return {.step = at, .steps = of}; }

Tensor stlq_state(const Quantizer& quantizer, const std::string& name) {
  for (const auto& [each, tensor] : quantizer.state())
    if (each == name) return tensor;
  ADD_FAILURE() << "no state " << name;
  return {};
}

/// U = 2. 3 bits: powers 1 to 3 of positive weights, to 4 of negative ones. Residues: 0, -0.2,
/// 0.05, 0.025, -0.23, 0. 15 % of 6 are one, the fifth weight, whose second word is -0.25.
const Tensor& six_weights() {
  static const Tensor weights = torch::tensor({1.0F, -0.7F, 0.3F, -0.1F, 0.02F, 0.0F});
  return weights;
}

TEST(Stlq, HasPowersOfTwoAndSecondWordsOfTheLargestResidues) {
  const auto quantizer = calibrated("stlq", weights_of(3), six_weights());
  EXPECT_EQ(stlq_state(*quantizer, "unit").item<float>(), 2);
  EXPECT_TRUE(
      stlq_state(*quantizer, "selected").equal(torch::tensor({0.F, 0.F, 0.F, 0.F, 1.F, 0.F})));
  EXPECT_TRUE(quantizer->quantize(six_weights())
                  .equal(torch::tensor({1.F, -0.5F, 0.25F, -0.125F, 0.F, 0.F})))
      << quantizer->quantize(six_weights());
  EXPECT_FALSE(quantizer->codes(six_weights()).has_value());
  EXPECT_TRUE(quantizer->settled());
}

TEST(Stlq, ClipsPowersAtTheirEnds) {
  // 2 bits: 1/2 U alone of positive weights, 1/2 and 1/4 U of negative ones.
  const Tensor w = torch::tensor({1.0F, 0.1F, -0.1F, -0.9F});
  const auto quantizer = calibrated("stlq", weights_of(2), w);
  Tensor expected = torch::tensor({1.F, 1.F, -0.5F, -1.F});
  expected[1] += -1.F;  // the residue -0.9 of the second is the largest: its second word is -1
  EXPECT_TRUE(quantizer->quantize(w).equal(expected)) << quantizer->quantize(w);
}

TEST(Stlq, KeepsItsUnitAndWhatIsSelectedWhileWeightsChange) {
  const auto quantizer = calibrated("stlq", weights_of(3), six_weights());
  const Tensor changed = torch::tensor({0.4F, 0.7F, 0.3F, 0.1F, 0.5F, 4.0F});
  // 0.7 has a residue of 0.2 and one word; 0.5 has none and keeps one; 4 is clipped at U / 2.
  EXPECT_TRUE(
      quantizer->quantize(changed).equal(torch::tensor({0.5F, 0.5F, 0.25F, 0.25F, 0.5F, 1.F})))
      << quantizer->quantize(changed);
}

TEST(Stlq, SelectsTheWholeTileWhoseResiduesHaveTheLargestNorm) {
  torch::manual_seed(2);
  const Tensor w = torch::randn({4, 20});  // 8 tiles: of 16 and of 4 weights in each filter
  const auto quantizer = calibrated("stlq-tile", weights_of(4), w);
  const Tensor selected = stlq_state(*quantizer, "selected").clone();
  quantizer->load("selected", torch::zeros_like(w));
  const Tensor residue = w - quantizer->quantize(w).detach();
  double largest = 0, chosen = 0;
  for (int filter = 0; filter < 4; ++filter)
    for (const auto& [from, size] : {std::pair{0, 16}, std::pair{16, 4}}) {
      const Tensor tile = selected[filter].narrow(0, from, size);
      EXPECT_TRUE((tile == tile[0]).all().item<bool>()) << filter << ", " << from;
      const double norm = residue[filter].narrow(0, from, size).norm().item<double>();
      largest = std::max(largest, norm);
      if (tile[0].item<float>() > 0) chosen += norm;
    }
  EXPECT_EQ(chosen, largest) << "15 % of 8 are one";
}

TEST(Stlq, GivesAllASecondWordAtFirstAndTheSelectedAloneInTheLastQuarter) {
  const auto quantizer = calibrated("stlq", weights_of(3), six_weights());
  quantizer->at_step(time_at(0, 9), six_weights());
  EXPECT_FALSE(quantizer->settled());
  // v = exp(|r1| - max |r1|) of those that are not selected: the largest has 1.
  const Tensor v = stlq_state(*quantizer, "v");
  EXPECT_NEAR(v[1].item<float>(), 1, 1e-6);
  EXPECT_NEAR(v[0].item<float>(), std::exp(-0.2), 1e-6);
  EXPECT_EQ(v[4].item<float>(), 0);
  // -0.2 is nearest to -0.25: 1.64 of |r1| / U = 0.1 is the power 3.
  EXPECT_NEAR(quantizer->quantize(six_weights())[1].item<float>(), -0.5 - 0.25, 1e-6);
  for (std::int64_t at = 1; at < 9; ++at) {
    quantizer->at_step(time_at(at, 9), six_weights());
    EXPECT_EQ(quantizer->settled(), at >= 6) << at;
  }
  EXPECT_FALSE(quantizer->penalty().defined());
}

TEST(Stlq, IsSettledAfterTheLastStepHoweverFewThereAre) {
  for (std::int64_t steps = 1; steps < 10; ++steps) {
    const auto quantizer = calibrated("stlq", weights_of(4), six_weights());
    for (std::int64_t at = 0; at < steps; ++at)
      quantizer->at_step(time_at(at, steps), six_weights());
    EXPECT_TRUE(quantizer->settled()) << steps;
  }
}

TEST(Stlq, HasLevelsForALayerOnly) {
  for (const char* name : {"stlq", "stlq-tile"})
    EXPECT_EQ(
        testing::complaint(
            [&] { made(name, weights_of(4, QuantizerTask::Granularity::kChannel)); }),
        std::string("quantizer '") + name + "': has levels for each layer, not for each channel");
}

TEST(StlqGradients, AreOneOfWeightsAndTheResidueOfShares) {
  const auto quantizer = calibrated("stlq", weights_of(3), six_weights());
  quantizer->at_step(time_at(0, 9), six_weights());
  const Tensor w = six_weights().clone().requires_grad_();
  const Tensor wanted = torch::tensor({1.F, 2.F, 3.F, 4.F, 5.F, 6.F});
  (quantizer->quantize(w) * wanted).sum().backward();
  EXPECT_TRUE(w.grad().equal(wanted)) << w.grad();
  const Tensor residue = torch::tensor({0.F, -0.2F, 0.05F, 0.025F, -0.23F, 0.F});
  const Tensor v = stlq_state(*quantizer, "v");
  EXPECT_TRUE(torch::allclose(v.grad(), wanted * residue, 1e-5, 1e-6)) << v.grad();
}

TEST(StlqGradients, OfThePenaltyAreThoseOfItsSquares) {
  const auto quantizer = calibrated("stlq", weights_of(3), six_weights());
  quantizer->at_step(time_at(0, 9), six_weights());
  const Tensor v = stlq_state(*quantizer, "v");
  quantizer->penalty().backward();
  const double h = 1e-3;
  for (std::int64_t i = 0; i < 6; ++i) {
    const torch::NoGradGuard no_gradient;
    const float kept = v[i].item<float>();
    v[i] = kept + h;
    const double above = quantizer->penalty().item<double>();
    v[i] = kept - h;
    const double below = quantizer->penalty().item<double>();
    v[i] = kept;
    EXPECT_NEAR(v.grad()[i].item<double>(), (above - below) / (2 * h), 1e-4) << i;
  }
}

}  // namespace
}  // namespace bitloom::nn
