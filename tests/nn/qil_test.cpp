// QIL: its levels, and its gradients against the paper's transformer by finite differences.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;

std::unique_ptr<Quantizer> qil_of(const char* scheme, const QuantizerTask& task,
                                  const std::vector<Tensor>& state) {
  auto quantizer = made(scheme, task);
  const auto names = quantizer->state();
  for (std::size_t i = 0; i < names.size(); ++i) quantizer->load(names[i].first, state.at(i));
  return quantizer;
}

Tensor number(double value) { return torch::full({}, value); }

// c = 0.6, d = 0.4: 0 below 0.2, the largest level above 1; u(0.5) = 0.375, u(0.9) = 0.875.
TEST(Qil, HasZeroBelowItsIntervalAndTheLargestLevelAboveIt) {
  const Tensor w = torch::tensor({-2.0, -0.5, -0.1, 0.0, 0.19, 0.5, 0.9, 1.1});
  const auto weights = qil_of("qil", weights_of(3), {number(0.6), number(0.4), number(3)});
  EXPECT_TRUE(
      weights->quantize(w).equal(torch::tensor({-3.0, -1.0, 0.0, 0.0, 0.0, 1.0, 3.0, 3.0})));
  EXPECT_EQ(weights->codes(w)->scales, std::vector<double>{1});
  EXPECT_EQ(weights->codes(w)->type, integer::signed_codes(3));
  const auto inputs = qil_of("qil", activations_of(2), {number(0.6), number(0.4), number(3)});
  EXPECT_TRUE(inputs->quantize(w).equal(torch::tensor({0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 3.0, 3.0})));
}

// u^2: u(0.5) = 0.375 -> 0.141, u(0.9) = 0.875 -> 0.766, times 3 and rounded.
TEST(Qil, RaisesWhatIsInsideToGamma) {
  const Tensor w = torch::tensor({-0.5, 0.1, 0.5, 0.9, 1.1});
  const auto quantizer =
      qil_of("qil-gamma", weights_of(3), {number(0.6), number(0.4), number(2), number(3)});
  EXPECT_TRUE(quantizer->quantize(w).equal(torch::tensor({0.0, 0.0, 0.0, 2.0, 3.0})));
}

TEST(Qil, BeginsAsTheLinearLevelsOfLeastError) {
  torch::manual_seed(9);
  const Tensor w = torch::randn({3, 400});
  for (const char* scheme : {"qil", "qil-gamma"})
    for (const auto granularity : {kLayer, kChannel}) {
      const auto quantizer = calibrated(scheme, weights_of(3, granularity), w);
      const auto state = quantizer->state();
      EXPECT_TRUE(state[0].second.equal(state[1].second)) << "the interval begins at 0";
      const Tensor largest = state.back().second;
      EXPECT_TRUE(largest.allclose(2 * state[0].second));
      const double error = (quantizer->quantize(w) - w).square().mean().item<double>();
      for (const double factor : {0.9, 1.1}) {
        quantizer->load("c", largest * factor / 2);
        quantizer->load("d", largest * factor / 2);
        quantizer->load("largest", largest * factor);
        EXPECT_LT(error, (quantizer->quantize(w) - w).square().mean().item<double>());
      }
    }
}

/// m sign(x) u^gamma as the paper writes it.
Tensor transformer(const Tensor& x, const Tensor& c, const Tensor& d, const Tensor& gamma, double m,
                   bool is_signed) {
  const Tensor magnitude = is_signed ? x.abs() : x;
  const Tensor alpha = 0.5 / d, beta = 0.5 - 0.5 * c / d;
  const Tensor inside = (alpha * magnitude + beta).clamp(1e-6, 1).pow(gamma);
  const Tensor size = torch::where(magnitude < c - d, torch::zeros_like(x),
                                   torch::where(magnitude > c + d, torch::ones_like(x), inside));
  return m * (is_signed ? size * x.sign() : size);
}

void expect_transformer_gradients(const char* scheme, const QuantizerTask& task, double gamma,
                                  double g) {
  torch::manual_seed(10);
  const Tensor x = torch::randn({4, 15}), direction = torch::randn({4, 15});
  const bool learns_gamma = std::string_view(scheme) == "qil-gamma";
  std::vector<Tensor> state{number(0.8), number(0.5)};
  if (learns_gamma) state.push_back(number(gamma));
  state.push_back(number(1.5));
  const auto quantizer = qil_of(scheme, task, state);
  const Tensor to_x = gradient_of(*quantizer, x, direction);
  std::vector<Tensor> at{x.to(torch::kDouble)};
  for (const double value : {0.8, 0.5, gamma}) at.push_back(torch::full({}, value, torch::kDouble));
  for (std::size_t i = 0; i < (learns_gamma ? 4 : 3); ++i) {
    const auto along = [&](const Tensor& moved) {
      std::vector<Tensor> values = at;
      values[i] = moved;
      return transformer(values[0], values[1], values[2], values[3], 1.5, task.is_signed);
    };
    const Tensor expected = numeric_gradient(along, at[i], direction);
    expect_near(i == 0 ? to_x : quantizer->state()[i - 1].second.grad(),
                i == 0 ? expected : g * expected);
  }
}

TEST(QilGradients, AreThoseOfTheTransformerInValuesIntervalAndGamma) {
  expect_transformer_gradients("qil", weights_of(3), 1, 1 / std::sqrt(60.0 * 3));
  expect_transformer_gradients("qil-gamma", weights_of(4), 1.6, 1 / std::sqrt(60.0 * 7));
  expect_transformer_gradients("qil-gamma", weights_of(2), 0.7, 1 / std::sqrt(60.0));
  expect_transformer_gradients("qil", activations_of(2), 1, 1 / std::sqrt(15.0 * 3));
  expect_transformer_gradients("qil", activations_of(3, true), 1, 1 / std::sqrt(15.0 * 3));
}

TEST(QilGradients, AreFiniteAtTheLowerEndOfTheInterval) {
  const auto quantizer =
      qil_of("qil-gamma", weights_of(3), {number(0.5), number(0.5), number(0.5), number(1)});
  const Tensor gradient = gradient_of(*quantizer, torch::zeros({3}), torch::ones({3}));
  EXPECT_TRUE(torch::isfinite(gradient).all().item<bool>());
  for (const auto& [name, tensor] : quantizer->state())
    if (tensor.requires_grad()) {
      EXPECT_TRUE(std::isfinite(tensor.grad().item<float>())) << name;
    }
}

}  // namespace
}  // namespace bitloom::nn
