// LQ-Nets: levels of a basis, the basis of least error against brute force, and what a step moves.
#include <gtest/gtest.h>

#include <array>
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
using Doubles = std::vector<double>;

Doubles doubles(const Tensor& tensor) {
  const Tensor flat = tensor.detach().to(torch::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

Tensor basis_of(const Quantizer& quantizer) { return quantizer.state().at(0).second; }

std::unique_ptr<Quantizer> with_basis(const QuantizerTask& task, const Tensor& basis) {
  auto quantizer = made("lq-nets", task);
  quantizer->load("basis", basis);
  return quantizer;
}

TEST(LqNets, RoundToTheNearestSumOfTheBasis) {
  const auto weights = with_basis(weights_of(2), torch::tensor({{0.25, 1.0}}));
  const Tensor w = torch::tensor({-9.0, -1.01, -1.0, -0.1, 0.0, 0.1, 1.0, 1.01});
  EXPECT_TRUE(weights->quantize(w).equal(
      torch::tensor({-1.25, -1.25, -1.25, -0.75, -0.75, 0.75, 0.75, 1.25})));
  const auto inputs = with_basis(activations_of(2), torch::tensor({{0.5, 2.0}}));
  const Tensor x = torch::tensor({-1.0, 0.25, 0.3, 1.25, 1.3, 2.25, 2.3, 9.0});
  EXPECT_TRUE(inputs->quantize(x).equal(torch::tensor({0.0, 0.0, 0.5, 0.5, 2.0, 2.0, 2.5, 2.5})));
  EXPECT_FALSE(weights->codes(w).has_value());
  EXPECT_FALSE(inputs->activation_scale().has_value());
}

TEST(LqNets, HaveABasisForEachFilter) {
  const auto quantizer = with_basis(weights_of(1, kChannel), torch::tensor({{0.5}, {3.0}}));
  const Tensor w = torch::tensor({{1.0, -0.1}, {0.2, -7.0}});
  EXPECT_TRUE(quantizer->quantize(w).equal(torch::tensor({{0.5, -0.5}, {3.0, -3.0}})));
}

// One bit: the basis of least error is the mean magnitude, which binary networks scale signs with.
TEST(LqNets, OfOneBitAreTheMeanMagnitudeWithTheSign) {
  torch::manual_seed(31);
  const Tensor w = torch::randn({3, 50});
  const auto quantizer = calibrated("lq-nets", weights_of(1, kChannel), w);
  expect_near(quantizer->quantize(w), w.abs().mean(1, true) * w.sign());
}

TEST(LqNets, OfOneBitHaveCodesAndOthersNone) {
  const Tensor x = torch::tensor({-1.0, 0.9, 1.0, 1.1, 9.0});
  const auto inputs = with_basis(activations_of(1), torch::tensor({{2.0}}));
  EXPECT_TRUE(inputs->codes(x)->codes.equal(torch::tensor({0, 0, 0, 1, 1}, torch::kInt)));
  EXPECT_EQ(inputs->activation_scale(), 2);
  EXPECT_EQ(with_basis(weights_of(1), torch::tensor({{2.0}}))->codes(x)->type,
            integer::bipolar_codes());
  EXPECT_FALSE(with_basis(activations_of(1), torch::tensor({{-2.0}}))->codes(x).has_value());
  EXPECT_FALSE(with_basis(activations_of(1, true), torch::tensor({{2.0}}))->codes(x).has_value());
  EXPECT_FALSE(with_basis(weights_of(2), torch::tensor({{2.0, 1.0}}))->codes(x).has_value());
}

/// The levels of `basis`, each by itself: sum of v_k or -v_k, of v_k or 0.
Doubles enumerated_levels(const Doubles& basis, bool has_signs) {
  Doubles levels{0};
  for (const double v : basis) {
    Doubles more;
    for (const double level : levels) {
      more.push_back(has_signs ? level - v : level);
      more.push_back(level + v);
    }
    levels = more;
  }
  return levels;
}

double error_of(const Doubles& values, const Doubles& basis, bool has_signs) {
  double error = 0;
  for (const double x : values) {
    double least = INFINITY;
    for (const double level : enumerated_levels(basis, has_signs))
      least = std::min(least, (x - level) * (x - level));
    error += least;
  }
  return error;
}

TEST(Qem, NeverRaisesTheSquaredError) {
  torch::manual_seed(32);
  for (const bool has_signs : {true, false})
    for (const int planes : {1, 2, 3, 4})
      for (int sample = 0; sample < 20; ++sample) {
        const PlaneBits kind = has_signs ? PlaneBits::kSigns : PlaneBits::kZeroOne;
        const Tensor rows = torch::randn({1, 40}) * std::exp(sample % 5 - 2);
        Tensor basis = torch::randn({1, planes}, torch::kDouble);
        double error = error_of(doubles(rows), doubles(basis), has_signs);
        for (int round = 0; round < 15; ++round) {
          basis = fitted_basis(rows, nearest_patterns(rows, basis, kind), basis, kind);
          const double next = error_of(doubles(rows), doubles(basis), has_signs);
          EXPECT_LE(next, error * (1 + 1e-6)) << planes << " planes, round " << round;
          error = next;
        }
      }
}

/// Two unknowns by Cramer's rule, for the nearest of the four levels of `v`, found one by one.
std::array<double, 2> fitted_by_hand(const Doubles& values, const std::array<double, 2>& v,
                                     double low) {
  constexpr double kDamping = 1e-4;
  double a = kDamping, b = 0, d = kDamping, p = kDamping * v[0], q = kDamping * v[1];
  for (const double x : values) {
    std::array<double, 2> best{};
    double least = INFINITY;
    for (const double e0 : {low, 1.0})
      for (const double e1 : {low, 1.0})
        if (const double off = std::abs(x - (v[0] * e0 + v[1] * e1)); off < least) {
          least = off;
          best = {e0, e1};
        }
    a += best[0] * best[0], b += best[0] * best[1], d += best[1] * best[1];
    p += best[0] * x, q += best[1] * x;
  }
  const double determinant = a * d - b * b;
  return {(p * d - b * q) / determinant, (a * q - b * p) / determinant};
}

TEST(Qem, IsTheRegressionOfEquationEight) {
  torch::manual_seed(33);
  for (const bool has_signs : {true, false}) {
    const PlaneBits kind = has_signs ? PlaneBits::kSigns : PlaneBits::kZeroOne;
    const Tensor rows = torch::randn({2, 30});
    const Tensor basis = torch::tensor({{0.4, 0.9}, {0.7, 1.6}}, torch::kDouble);
    const Tensor found = fitted_basis(rows, nearest_patterns(rows, basis, kind), basis, kind);
    for (const int row : {0, 1}) {
      const Doubles before = doubles(basis[row]), after = doubles(found[row]);
      const auto expected =
          fitted_by_hand(doubles(rows[row]), {before[0], before[1]}, has_signs ? -1 : 0);
      EXPECT_NEAR(after[0], expected[0], 1e-9);
      EXPECT_NEAR(after[1], expected[1], 1e-9);
    }
  }
}

TEST(Qem, LeavesWhatNoValueDecidesAsItWas) {
  const Tensor basis = torch::tensor({{1.0, 4.0}}, torch::kDouble);
  const Tensor rows = torch::tensor({{0.9F, 1.1F, 1.2F}});  // all on the level 1 of {0, 1, 4, 5}
  const Tensor found = fitted_basis(rows, nearest_patterns(rows, basis, PlaneBits::kZeroOne), basis,
                                    PlaneBits::kZeroOne);
  EXPECT_NEAR(found[0][0].item<double>(), 3.2 / 3, 1e-4);
  EXPECT_NEAR(found[0][1].item<double>(), 4, 1e-9);
}

TEST(LqNets, AreCalibratedUntilNoStepLowersTheError) {
  torch::manual_seed(34);
  for (const int bits : {1, 2, 3}) {
    const Tensor x = torch::randn({5000}).relu() * 3;
    const auto quantizer = calibrated("lq-nets", activations_of(bits), x);
    const Doubles values = doubles(x), basis = doubles(basis_of(*quantizer));
    const double least = error_of(values, basis, false);
    for (std::size_t k = 0; k < basis.size(); ++k)
      for (const double factor : {0.95, 1.05}) {
        Doubles beside = basis;
        beside[k] *= factor;
        EXPECT_LT(least, error_of(values, beside, false)) << bits << " bits, plane " << k;
      }
    if (bits == 1) continue;
    const Tensor uniform = calibrated("least-error", activations_of(bits), x)->quantize(x);
    EXPECT_LE(least, (uniform - x).square().sum().item<double>()) << "no more than linear levels";
  }
}

TEST(LqNets, MoveTheBasisATenthOfTheWayAtEachStepAlone) {
  const Tensor x = torch::tensor({0.0, 0.9, 1.1, 4.2, 5.0, 5.2, 0.2, 3.9});
  const Tensor first = torch::tensor({{1.0, 4.0}});
  const auto quantizer = with_basis(activations_of(2), first);
  const Tensor before = quantizer->quantize(x);
  EXPECT_TRUE(basis_of(*quantizer).equal(first)) << "no step, no change";
  quantizer->at_step({}, {});
  EXPECT_TRUE(quantizer->quantize(x).equal(before)) << "on the basis before it moves";
  const auto fitted = fitted_by_hand(doubles(x), {1, 4}, 0);
  const Doubles moved = doubles(basis_of(*quantizer));
  EXPECT_NEAR(moved[0], 0.9 * 1 + 0.1 * fitted[0], 1e-6);
  EXPECT_NEAR(moved[1], 0.9 * 4 + 0.1 * fitted[1], 1e-6);
  quantizer->quantize(x);
  EXPECT_EQ(doubles(basis_of(*quantizer)), moved);
}

TEST(LqNets, GoOnFromTheirStateAsIfTheyHadNotBeenInterrupted) {
  torch::manual_seed(35);
  const Tensor w = torch::randn({4, 20});
  const auto straight = calibrated("lq-nets", weights_of(2, kChannel), w);
  const auto step = [&](Quantizer& quantizer, int at) {
    quantizer.at_step({.step = at, .steps = 8}, w);
    return quantizer.quantize(w / (at + 1.0));
  };
  for (int at = 0; at < 3; ++at) step(*straight, at);
  const auto resumed = with_basis(weights_of(2, kChannel), basis_of(*straight));
  for (int at = 3; at < 8; ++at) EXPECT_TRUE(step(*resumed, at).equal(step(*straight, at)));
  EXPECT_TRUE(basis_of(*resumed).equal(basis_of(*straight)));
}

TEST(LqNetsGradients, AreOneOfWeightsAndWithinTheLevelsOfActivations) {
  torch::manual_seed(36);
  const Tensor x = torch::randn({60}) * 2;
  const auto weights = with_basis(weights_of(2), torch::tensor({{0.25, 1.0}}));
  expect_gradient(*weights, x, [](const Tensor& w) { return w; });
  const auto inputs = with_basis(activations_of(2), torch::tensor({{0.5, 2.0}}));
  expect_gradient(*inputs, x, [](const Tensor& at) { return at.clamp(0, 2.5); });
  const auto both = with_basis(activations_of(2, true), torch::tensor({{0.5, 1.0}}));
  expect_gradient(*both, x, [](const Tensor& at) { return at.clamp(-1.5, 1.5); });
}

TEST(LqNets, RefuseABasisThatDoesNotFit) {
  const auto quantizer = made("lq-nets", weights_of(2, kChannel));
  for (const Tensor& wrong : {torch::ones({2}), torch::ones({4, 3}), torch::full({4, 2}, NAN)})
    EXPECT_EQ(complaint([&] { quantizer->load("basis", wrong); }),
              "quantizer state 'basis': must be rows of 2 finite numbers");
  quantizer->load("basis", torch::ones({8, 2}));
  EXPECT_EQ(complaint([&] {
              quantizer->quantize(torch::ones({4, 8, 3, 3}));
            }),
            "quantizer state 'basis': has 8 rows, the values have 4");
}

}  // namespace
}  // namespace bitloom::nn
