// Quantizers of least squared error: scales of either sign, and levels that are chosen for them.
#include <gtest/gtest.h>

#include <cmath>

#include "models/quantizers/least_error.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using testing::complaint;
using torch::Tensor;
using enum QuantizerTask::Granularity;

double error_at(const Tensor& row, double scale, const LinearLevels& levels) {
  const Tensor codes = (row / scale).round().clamp(levels.lowest, levels.highest);
  return (codes * scale - row).square().sum().item<double>();
}

/// The least error of any of many scales.
double least_error(const Tensor& row, const LinearLevels& levels) {
  const double widest = row.abs().max().item<double>() / std::max(levels.highest, 1);
  double least = row.square().sum().item<double>();
  for (int i = 1; i <= 4000; ++i)
    for (const double sign : {-1.0, 1.0})
      least = std::min(least, error_at(row, sign * widest * i / 4000, levels));
  return least;
}

TEST(LeastErrorScale, LosesNoMoreThanAFineSearch) {
  torch::manual_seed(3);
  for (const int bits : {2, 3, 4, 6}) {
    const LinearLevels levels = signed_levels(bits);
    const Tensor rows = torch::randn({12, 90}) * torch::rand({12, 1});
    const Tensor scales = least_error_scale(rows, levels, ScaleSign::kEither);
    for (int i = 0; i < 12; ++i) {
      const double found = error_at(rows[i], scales[i].item<double>(), levels);
      EXPECT_LT(found, 1.05 * least_error(rows[i], levels)) << bits << " bits, row " << i;
    }
  }
}

TEST(LeastErrorScale, HasTheSignWhoseEndHasTheLargestWeight) {
  // 2 bits: codes -2..1. On a negative scale 2 is a level, and so is -1.
  const Tensor row = torch::tensor({2.0, -1.0, 1.0, 0.0}).unsqueeze(0);
  EXPECT_NEAR(least_error_scale(row, signed_levels(2), ScaleSign::kEither).item<double>(), -1,
              1e-6);
  EXPECT_GT(least_error_scale(row, signed_levels(2), ScaleSign::kPositive).item<double>(), 0);
}

TEST(LeastErrorScale, IsANumberForZeros) {
  const Tensor zeros = torch::zeros({2, 5});
  const Tensor scale = least_error_scale(zeros, signed_levels(3), ScaleSign::kEither);
  EXPECT_TRUE((scale != 0).all().item<bool>());
  EXPECT_TRUE(torch::isfinite(scale).all().item<bool>());
}

TEST(LeastErrorWeights, HaveCodesOnNegativeScales) {
  const Tensor w = torch::tensor({2.0, -1.0, 1.0, 0.0}).reshape({1, 4, 1, 1});
  const auto quantizer = calibrated("least-error", weights_of(2, kChannel), w);
  EXPECT_TRUE(quantizer->quantize(w).allclose(w));
  const Codes codes = quantizer->codes(w).value();
  EXPECT_TRUE(codes.codes.flatten().equal(torch::tensor({-2, 1, -1, 0}, torch::kInt)));
  EXPECT_NEAR(codes.scales.at(0), -1, 1e-6);
}

TEST(LeastErrorWeights, PassGradientsBetweenTheirLowestAndHighestLevel) {
  const Tensor sample = torch::tensor({2.0, -1.0, 1.0, 0.0});
  const auto quantizer = calibrated("least-error", weights_of(2), sample);
  const Tensor w = torch::tensor({-1.5, -0.5, 1.5, 2.5}).requires_grad_(true);
  quantizer->quantize(w).sum().backward();
  EXPECT_TRUE(w.grad().equal(torch::tensor({0.0F, 1.0F, 1.0F, 0.0F}))) << w.grad();
}

TEST(LeastErrorWeights, KeepLevelsThatAreChosenAndMoveWithTheWeights) {
  const Tensor w = torch::tensor({0.9, -0.4, 0.2}).reshape({1, 3, 1, 1});
  const Tensor codes = torch::tensor({-3.0, 2.0, 0.0}).reshape({1, 3, 1, 1});
  const Tensor scale = torch::full({1, 1, 1, 1}, -0.25);
  LeastErrorWeights quantizer(weights_of(3, kChannel));
  quantizer.calibrate(w);
  quantizer.fit_to(w, codes, scale);
  EXPECT_TRUE(quantizer.quantize(w).allclose(codes * scale));
  EXPECT_TRUE(quantizer.codes(w)->codes.equal(codes.to(torch::kInt)));
  EXPECT_TRUE(quantizer.quantize(w - 0.25).allclose((codes * scale) - 0.25)) << "a step lower";
  LeastErrorWeights again(weights_of(3, kChannel));
  for (const auto& [name, tensor] : quantizer.state()) again.load(name, tensor);
  EXPECT_TRUE(again.quantize(w).equal(quantizer.quantize(w)));
}

TEST(LeastErrorWeights, RefuseStatesThatAreNone) {
  LeastErrorWeights layer(weights_of(4));
  EXPECT_EQ(complaint([&] { layer.load("scale", torch::tensor({0.0})); }),
            "quantizer state 'scale': must be numbers other than 0");
  EXPECT_EQ(complaint([&] {
              layer.load("scale", torch::tensor({0.5, 0.25}));
            }),
            "quantizer state 'scale': must be one number");
  EXPECT_EQ(complaint([&] { layer.load("shift", torch::tensor({NAN})); }),
            "quantizer state 'shift': must be finite numbers");
}

TEST(LeastErrorActivations, ClipWhereThatIsTheSmallerLoss) {
  torch::manual_seed(5);
  const Tensor x = torch::randn({20000}).abs();
  const auto quantizer = calibrated("least-error", activations_of(2), x);
  const double range = 3 * quantizer->activation_scale().value();
  EXPECT_LT(range, 0.75 * x.max().item<double>());
  // The half-wave Gaussian's uniform levels of 2 bits (Cai et al. 2017: 0.538 where 0 is one of
  // them for all negative values; here 0 has the smallest magnitudes alone).
  const double loss = (quantizer->quantize(x) - x).square().mean().item<double>();
  const auto widest = calibrated("uniform", activations_of(2), x);
  EXPECT_LT(loss, 0.5 * (widest->quantize(x) - x).square().mean().item<double>());
}

}  // namespace
}  // namespace bitloom::nn
