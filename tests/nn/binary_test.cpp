// BWN, XNOR-Net and BNN: signs, their scales and the gradients that the papers give them.
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

TEST(BinaryWeightNetworks, HaveTheMeanMagnitudeOfEachFilter) {
  const Tensor w = torch::tensor({{-2.0, 0.0, 1.0}, {0.25, -0.25, 1.0}});
  for (const char* name : {"bwn", "xnor"}) {
    const auto quantizer = made(name, weights_of(1, kChannel));
    EXPECT_TRUE(quantizer->quantize(w).equal(torch::tensor({{-1.0, 1.0, 1.0}, {0.5, -0.5, 0.5}})));
    const Codes codes = *quantizer->codes(w);
    EXPECT_EQ(codes.type, integer::bipolar_codes());
    EXPECT_EQ(codes.scales, (std::vector<double>{1, 0.5}));
  }
}

TEST(BinaryWeightNetworks, HaveThePapersGradient) {
  const Tensor w = torch::tensor({{-2.0, 0.5, 0.5}, {0.25, -0.25, 1.0}});  // means 1 and 1/2
  const Tensor direction = torch::tensor({{3.0, 6.0, -6.0}, {3.0, 6.0, 12.0}});
  const Tensor expected = direction * torch::tensor({{0.0, 1.0, 1.0}, {0.5, 0.5, 0.5}}) +
                          direction / 3;  // times 1 / n + alpha within 1
  expect_near(gradient_of(*made("bwn", weights_of(1, kChannel)), w, direction), expected);
  const Tensor whole = gradient_of(*made("bwn", weights_of(1)), w, direction);
  const double mean = w.abs().mean().item<double>();
  expect_near(whole, direction * (w.abs() <= 1).to(torch::kFloat) * mean + direction / 6);
}

TEST(Bnn, HasSignsWithoutAScale) {
  const auto weights = made("bnn", weights_of(1));
  const Tensor w = torch::tensor({-2.0, -0.1, 0.0, 0.3});
  EXPECT_TRUE(weights->quantize(w).equal(torch::tensor({-1.0, -1.0, 1.0, 1.0})));
  EXPECT_EQ(weights->codes(w)->scales, std::vector<double>{1});
  const auto inputs = made("bnn", activations_of(1));
  // What a ReLU made 0 was not positive.
  EXPECT_TRUE(inputs->quantize(w).equal(torch::tensor({-1.0, -1.0, -1.0, 1.0})));
  EXPECT_FALSE(inputs->codes(w).has_value());
}

TEST(Xnor, ScalesSignsWithTheMeanMagnitudeOfTheSample) {
  const auto quantizer = calibrated("xnor", activations_of(1), torch::tensor({0.0, 1.0, 3.0, 4.0}));
  const Tensor x = torch::tensor({-1.0, 0.0, 0.1, 9.0});
  EXPECT_TRUE(quantizer->quantize(x).equal(torch::tensor({-2.0, -2.0, 2.0, 2.0})));
  const Planes planes = *quantizer->planes(x);
  EXPECT_EQ(planes.kind, PlaneBits::kSigns);
  EXPECT_TRUE(planes.coefficients.equal(torch::full({1, 1}, 2.0, torch::kDouble)));
  EXPECT_EQ(complaint([&] { quantizer->load("scale", torch::zeros({})); }),
            "quantizer state 'scale': must be positive numbers of at most 1e+30, got 0");
}

TEST(BinaryGradients, AreThoseOfAClippedLine) {
  torch::manual_seed(61);
  const Tensor x = torch::randn({60}) * 2;
  const auto clip = [](const Tensor& at) { return at.clamp(-1, 1); };
  expect_gradient(*made("bnn", activations_of(1, true)), x, clip);
  expect_gradient(*made("bnn", weights_of(1)), x, clip);
  const auto scaled = made("xnor", activations_of(1, true));
  scaled->load("scale", torch::full({}, 0.7));
  expect_gradient(*scaled, x, [](const Tensor& at) { return at.clamp(-1, 1) * 0.7F; });
}

TEST(Binary, TakesOneBitOrThoseOfTheEdges) {
  for (const char* name : {"bwn", "xnor", "bnn"})
    EXPECT_EQ(complaint([&] { made(name, weights_of(2)); }),
              "quantizer '" + std::string(name) +
                  "': bits must be 1, or 8 and more for the levels of uniform, got 2");
  EXPECT_EQ(complaint([&] { made("xnor", activations_of(4)); }),
            "quantizer 'xnor': bits must be 1, or 8 and more for the levels of uniform, got 4");
  const Tensor x = torch::rand({30});
  EXPECT_TRUE(calibrated("bnn", activations_of(8), x)
                  ->quantize(x)
                  .equal(calibrated("uniform", activations_of(8), x)->quantize(x)));
}

}  // namespace
}  // namespace bitloom::nn
