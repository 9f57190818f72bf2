// SAT: the variance of weights without a batch norm, and the calibrated gradient of alpha.
#include <gtest/gtest.h>

#include <cmath>

#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/torch/quantized_network.h"
#include "tests/nn/numeric_gradient.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

QuantizerTask without_batch_norm(int bits) {
  QuantizerTask task = weights_of(bits);
  task.batch_norm_follows = false;
  return task;
}

double variance(const Tensor& values) { return values.var(false).item<double>(); }

TEST(SatWeights, AreDorefasWhereABatchNormFollows) {
  torch::manual_seed(2);
  const Tensor w = torch::randn({4, 3, 3, 3});
  EXPECT_TRUE(
      made("sat", weights_of(3))->quantize(w).equal(made("dorefa", weights_of(3))->quantize(w)));
}

TEST(SatWeights, HaveTheVarianceOfOneOverTheOutputsElsewhere) {
  torch::manual_seed(2);
  for (const int bits : {2, 3, 8}) {
    const auto quantizer = made("sat", without_batch_norm(bits));
    const Tensor convolution = quantizer->quantize(0.1 * torch::randn({4, 3, 3, 3}));
    EXPECT_NEAR(variance(convolution), 1.0 / (4 * 9), 1e-6);
    EXPECT_NEAR(variance(quantizer->quantize(torch::randn({10, 30}))), 1.0 / 10, 1e-6);
  }
  const Tensor constant = made("sat", without_batch_norm(2))->quantize(torch::zeros({2, 2}));
  EXPECT_TRUE(torch::isfinite(constant).all().item<bool>());
}

TEST(SatWeights, HaveAFactorWithoutAGradient) {
  torch::manual_seed(3);
  const Tensor w = torch::randn({4, 5}), direction = torch::randn({4, 5});
  const auto adjusted = made("sat", without_batch_norm(3)), plain = made("dorefa", weights_of(3));
  const Tensor factor = adjusted->quantize(w).abs().max() / plain->quantize(w).abs().max();
  expect_near(gradient_of(*adjusted, w, direction), factor * gradient_of(*plain, w, direction));
}

TEST(SatWeights, AreAdjustedInTheLayersThatNoBatchNormFollows) {
  graph::Graph graph("two");
  graph::NodeId at = graph.add("image", graph::Input{{2, 4, 4}}, {});
  at = graph.add("conv", graph::Convolution{3, {}}, {at});
  at = graph.add("norm", graph::BatchNorm{}, {at});
  at = graph.add("flatten", graph::Flatten{}, {at});
  graph.add("linear", graph::Linear{5}, {at});
  const auto network = std::make_shared<Network>(graph, initial_parameters(graph, 1));
  QuantizedNetwork quantized(network, {.scheme = "sat", .policy = {{3, 3}, {3, 3}}});
  const auto weights = [&](std::size_t layer) {
    return quantized.weight_quantizer(layer)->quantize(network->layer_weight(layer));
  };
  EXPECT_EQ(weights(0).abs().max().item<float>(), 1);
  EXPECT_NEAR(variance(weights(1)), 1.0 / 5, 1e-6);
}

// dalpha = 1 above, q - x / alpha inside, with q the level over alpha.
void expect_calibrated_gradients(const QuantizerTask& task, int steps) {
  torch::manual_seed(6);
  const double alpha = 1.3, lowest = task.is_signed ? -(steps + 1.0) / steps : 0;
  const Tensor x = torch::randn({50}), direction = torch::randn({50});
  const auto quantizer = made("sat", task);
  quantizer->load("alpha", torch::full({}, alpha));
  const Tensor to_x = gradient_of(*quantizer, x, direction);
  expect_near(to_x,
              numeric_gradient([&](const Tensor& at) { return at.clamp(lowest * alpha, alpha); }, x,
                               direction));
  const Tensor ratio = x.to(torch::kDouble) / alpha, clipped = ratio.clamp(lowest, 1);
  const Tensor level = (clipped * steps).round() / steps;
  const Tensor each = torch::where(ratio == clipped, level - ratio, clipped);
  expect_near(quantizer->state()[0].second.grad(), (each * direction).sum());
}

TEST(SatActivations, HaveTheCalibratedGradient) {
  expect_calibrated_gradients(activations_of(2), 3);
  expect_calibrated_gradients(activations_of(4), 15);
  expect_calibrated_gradients(activations_of(3, true), 3);
}

TEST(SatActivations, AreOnPactsLevelsWithItsPenalty) {
  torch::manual_seed(6);
  const Tensor x = torch::randn({100});
  const auto sat = calibrated("sat", activations_of(3), x);
  const auto pact = calibrated("pact", activations_of(3), x);
  EXPECT_TRUE(sat->quantize(x).equal(pact->quantize(x)));
  EXPECT_EQ(sat->penalty().item<float>(), pact->penalty().item<float>());
}

}  // namespace
}  // namespace bitloom::nn
