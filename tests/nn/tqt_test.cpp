// TQT: powers of two, its gradients by equations 7 and 8, and the normed gradient of log2 t.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;

Tensor state_of(const Quantizer& quantizer, const std::string& name) {
  for (const auto& [own, tensor] : quantizer.state())
    if (own == name) return tensor;
  throw std::runtime_error("no state " + name);
}

std::unique_ptr<Quantizer> tqt_of(const QuantizerTask& task, const Tensor& log2_t) {
  auto quantizer = made("tqt", task);
  quantizer->load("log2_t", log2_t);
  quantizer->load("second_moment", torch::zeros_like(log2_t));
  return quantizer;
}

TEST(Tqt, HasAStepThatIsThePowerOfTwoAtOrAboveItsThreshold) {
  const Tensor x = torch::tensor({-9.0, -0.9, 0.3, 0.7, 9.0});
  const auto weights = tqt_of(weights_of(3), torch::full({}, 0.3));  // s = 2^1 / 2^2
  EXPECT_TRUE(weights->quantize(x).equal(torch::tensor({-2.0, -1.0, 0.5, 0.5, 1.5})));
  EXPECT_EQ(weights->codes(x)->scales, std::vector<double>{0.5});
  const auto inputs = tqt_of(activations_of(3), torch::full({}, 1.0));  // s = 2^1 / 2^3
  EXPECT_EQ(inputs->activation_scale(), 0.25);
  EXPECT_TRUE(inputs->quantize(x).equal(torch::tensor({0.0, 0.0, 0.25, 0.75, 1.75})));
  for (int exponent = -60; exponent <= 60; ++exponent)
    EXPECT_EQ(tqt_of(activations_of(1), torch::full({}, exponent - 0.5))->activation_scale(),
              std::ldexp(1.0, exponent - 1));
}

TEST(Tqt, BeginsAtThePowerOfTwoNearestToTheStepOfLeastError) {
  torch::manual_seed(3);
  const Tensor w = torch::randn({4, 200});
  for (const int bits : {2, 4, 8})
    for (const auto granularity : {kLayer, kChannel}) {
      const auto quantizer = calibrated("tqt", weights_of(bits, granularity), w);
      const double error = (quantizer->quantize(w) - w).square().mean().item<double>();
      const Tensor first = state_of(*quantizer, "log2_t").detach().clone();
      for (const double off : {-1.0, 1.0}) {
        quantizer->load("log2_t", first + off);
        EXPECT_LT(error, 1.05 * (quantizer->quantize(w) - w).square().mean().item<double>());
      }
    }
}

/// The gradient that the normed one was made of, from the second moment that it left behind.
void expect_threshold_gradient(const QuantizerTask& task, const Tensor& x, double step, int lowest,
                               int highest) {
  const int codes = lowest < 0 ? task.bits - 1 : task.bits;
  const auto quantizer = tqt_of(task, torch::full({}, std::log2(step) + codes - 0.4));
  const Tensor direction = torch::randn(x.sizes());
  expect_near(
      gradient_of(*quantizer, x, direction),
      numeric_gradient(
          [&](const Tensor& at) { return at.clamp((lowest - 0.5) * step, (highest + 0.5) * step); },
          x, direction));
  const Tensor v = x.to(torch::kDouble) / step, rounded = v.round();
  const Tensor inside = (rounded >= lowest).logical_and(rounded <= highest).to(torch::kDouble);
  const double expected =
      step * std::log(2.0) *
      ((rounded.clamp(lowest, highest) - inside * v) * direction).sum().item<double>();
  const double found = std::sqrt(state_of(*quantizer, "second_moment").item<double>() / 1e-3);
  EXPECT_NEAR(found, std::abs(expected), 1e-3 * std::abs(expected));
  EXPECT_NEAR(state_of(*quantizer, "log2_t").grad().item<double>(),
              std::tanh(expected > 0 ? 1 : -1), 1e-5);
}

TEST(TqtGradients, AreThePapersInValuesAndThreshold) {
  torch::manual_seed(4);
  const Tensor x = torch::randn({80});
  expect_threshold_gradient(weights_of(2), x, 1.0, -2, 1);
  expect_threshold_gradient(weights_of(4), x, 0.25, -8, 7);
  expect_threshold_gradient(activations_of(2), x, 0.5, 0, 3);
  expect_threshold_gradient(activations_of(3, true), x, 0.5, -4, 3);
}

// tanh(g_i / sqrt(v_i)), v_i = sum of 0.999^(i-j) g_j^2 over the sum of the weights.
TEST(TqtGradients, AreNormedByTheirPast) {
  const auto quantizer = tqt_of(activations_of(1), torch::full({}, 1.0));  // s = 1
  const Tensor log2_t = state_of(*quantizer, "log2_t");
  double sum = 0, weight = 0;
  for (std::int64_t step = 0; step < 5; ++step) {
    quantizer->at_step({.step = step, .steps = 5}, {});
    const auto pull = static_cast<double>(1 + step * step);
    log2_t.mutable_grad().reset();
    gradient_of(*quantizer, torch::tensor({9.0}), torch::full({1}, pull));
    const double gradient = pull * std::log(2.0);
    sum = 0.999 * sum + gradient * gradient;
    weight = 0.999 * weight + 1;
    EXPECT_NEAR(log2_t.grad().item<double>(), std::tanh(gradient / std::sqrt(sum / weight)), 1e-4);
  }
  quantizer->at_step({.step = 0, .steps = 5}, {});
  EXPECT_EQ(state_of(*quantizer, "second_moment").item<float>(), 0) << "another training";
}

}  // namespace
}  // namespace bitloom::nn
