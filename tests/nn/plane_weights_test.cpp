// ABC-Net and KCNN: planes that follow the weights.
#include <gtest/gtest.h>

#include <cmath>

#include "models/quantizers/planes.h"
#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;

double squared_error(const char* name, int bits, const Tensor& w) {
  return (calibrated(name, weights_of(bits, kChannel), w)->quantize(w) - w)
      .square()
      .sum()
      .item<double>();
}

// Mean 0, deviation 2: two planes have thresholds -2 and 2, three one at 0, too.
TEST(AbcNet, HaveThresholdsAtTheMeanAndDeviationsBesideIt) {
  const Tensor w = torch::tensor({{-3.0, -1.0, 1.0, 3.0, -2.1, 2.1, 0.3, -0.3}});
  const Tensor deviation = w.square().mean().sqrt();  // 1.88
  ASSERT_GT(deviation.item<float>(), 1.0);
  ASSERT_LT(deviation.item<float>(), 2.1);
  const Planes planes = *made("abc-net", weights_of(3, kChannel))->planes(w);
  const Tensor expected = torch::tensor(
      {{{0, 0, 0, 1, 0, 1, 0, 0}}, {{0, 0, 1, 1, 0, 1, 1, 0}}, {{0, 1, 1, 1, 0, 1, 1, 1}}},
      torch::kUInt8);
  EXPECT_TRUE(planes.bits.equal(expected)) << planes.bits;
  EXPECT_EQ(planes.kind, PlaneBits::kSigns);
}

TEST(AbcNet, ShiftThresholdsByTheMean) {
  const Tensor w = torch::tensor({{9.0, 10.0, 11.0, 12.5}});  // mean 10.625
  const Planes planes = *made("abc-net", weights_of(1, kChannel))->planes(w);
  EXPECT_TRUE(planes.bits.equal(torch::tensor({{{0, 0, 1, 1}}}, torch::kUInt8)));
}

TEST(AbcNet, HaveCoefficientsOfLeastSquaredError) {
  torch::manual_seed(51);
  const Tensor w = torch::randn({3, 4, 3, 3});
  for (const int bits : {1, 2, 3, 5}) {
    const Planes planes = *made("abc-net", weights_of(bits, kChannel))->planes(w);
    const auto error = [&](const Planes& at) {
      return (values_of(at) - w.to(torch::kDouble)).square().sum().item<double>();
    };
    const double least = error(planes);
    for (int k = 0; k < bits; ++k)
      for (const double by : {-0.01, 0.01}) {
        Planes beside = planes;
        beside.coefficients = planes.coefficients.clone();
        beside.coefficients.select(1, k).add_(by);
        EXPECT_GT(error(beside), least) << bits << " planes, " << k;
      }
  }
}

TEST(Kcnn, ReachTheBestOfTwoPlanesWhereWeightsAreFew) {
  const Tensor w =
      torch::tensor({{1.5, -1.5, 0.5, -0.5, 1.5, 0.5}});  // 1 and 1/2 make them exactly
  const auto quantizer = made("kcnn", weights_of(2, kChannel));
  expect_near(quantizer->quantize(w), w);
  const Tensor found = quantizer->planes(w)->coefficients.abs();
  EXPECT_NEAR(found.max().item<double>(), 1, 1e-4);
  EXPECT_NEAR(found.min().item<double>(), 0.5, 1e-4);
}

TEST(Kcnn, OfOnePlaneAreTheMeanMagnitudeWithTheSign) {
  torch::manual_seed(52);
  const Tensor w = torch::randn({3, 50});
  expect_near(made("kcnn", weights_of(1, kChannel))->quantize(w), w.abs().mean(1, true) * w.sign());
}

/// The squared error of `planes` planes, each the signs and the mean magnitude of what is left.
double greedy_error(const Tensor& w, int planes) {
  Tensor left = w.to(torch::kDouble);
  for (int k = 0; k < planes; ++k) left = left - left.abs().mean(1, true) * left.sign();
  return left.square().sum().item<double>();
}

TEST(Kcnn, LoseNoMoreThanTheGreedyPlanesNorWithEachPlaneMore) {
  torch::manual_seed(53);
  const Tensor w = torch::randn({6, 90});
  double before = INFINITY;
  for (int bits = 1; bits <= 5; ++bits) {
    const double error = squared_error("kcnn", bits, w);
    EXPECT_LE(error, greedy_error(w, bits) * (1 + 1e-6)) << bits;
    EXPECT_LT(error, before) << bits;
    before = error;
  }
}

TEST(PlaneGradients, AreOneOfAllWeights) {
  torch::manual_seed(54);
  const Tensor w = torch::randn({3, 2, 2, 2}) * 2;
  for (const char* name : {"abc-net", "kcnn"})
    for (const auto granularity : {kLayer, kChannel})
      expect_gradient(*made(name, weights_of(2, granularity)), w,
                      [](const Tensor& at) { return at; });
}

}  // namespace
}  // namespace bitloom::nn
