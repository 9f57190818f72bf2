// Sensitivities of a product of two activations, whose second operand stands where weights do.
#include <gtest/gtest.h>

#include <cmath>

#include "models/operators/activation.h"
#include "models/operators/flatten.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/operators/matmul.h"
#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "search/measure/loss_curvature.h"
#include "search/measure/quantization_error.h"
#include "search/measure/torch_curvature.h"
#include "search/measure/torch_lowering.h"

namespace bitloom::search {
namespace {

using torch::Tensor;
constexpr std::int64_t kImages = 6;

/// The classes of x relu(x), a product of matrices of 3 x 3, and a layer with weights before it.
graph::Graph square_graph() {
  graph::Graph graph("square");
  const auto x = graph.add("x", graph::Input{{1, 3, 3}}, {});
  const auto flat = graph.add("flat", graph::Flatten{}, {x});
  const auto linear = graph.add("linear", graph::Linear{9, false}, {flat});
  (void)linear;
  const auto relu = graph.add("relu", graph::Activation{}, {x});
  const auto product = graph.add("product", graph::MatMul{}, {x, relu});
  const auto classes = graph.add("classes", graph::Flatten{}, {product});
  graph.add_output("y", classes);
  return graph;
}

data::Batch drawn_batch() {
  torch::manual_seed(5);
  const Tensor values = torch::randn({kImages, 1, 3, 3});
  data::Batch batch;
  batch.size = kImages;
  batch.input = {1, 3, 3};
  batch.images.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  batch.labels = {0, 1, 2, 3, 4, 5};
  return batch;
}

class ProductOperands : public ::testing::Test {
 protected:
  ProductOperands() {
    const torch::NoGradGuard no_gradient;
    network_->forward(nn::images_of(batches_[0]), nn::Mode::kInference, sampler_);
  }

  std::shared_ptr<nn::Network> network_ =
      std::make_shared<nn::Network>(square_graph(), nn::initial_parameters(square_graph(), 1));
  std::vector<data::Batch> batches_{drawn_batch()};
  nn::ActivationSampler sampler_{2, kImages};
};

TEST_F(ProductOperands, AreLoweredOneAtATime) {
  NetworkAtBits at_bits;
  at_bits[2] = std::make_unique<nn::QuantizedNetwork>(network_,
                                                      nn::Quantization{.policy = {{2, 2}, {2, 2}}});
  at_bits[2]->calibrate(sampler_);
  const auto lowered = torch_lowering(*network_, std::move(at_bits), batches_);
  const Tensor x = nn::images_of(batches_[0]);
  const Tensor relu = x.relu(), step = relu.max() / 3;
  const Tensor rounded = (relu / step).round().clamp(0, 3) * step;
  const Tensor real = torch::matmul(x, relu).flatten(1);
  const Tensor noise = (torch::matmul(x, rounded).flatten(1) - real).square().sum(1);
  const Tensor wanted = noise / real.square().sum(1).mean();
  const auto found = lowered->changes(1, 2, OutputChange::kNoise);  // the product's second input
  for (std::int64_t i = 0; i < kImages; ++i)
    EXPECT_NEAR(found.at(static_cast<std::size_t>(i)), wanted[i].item<double>(), 1e-5) << i;
  for (const double change : lowered->changes(0, 2, OutputChange::kNoise)) EXPECT_EQ(change, 0);

  std::vector<std::vector<double>> rows(4);
  EXPECT_EQ(lowered->slopes(0, rows, [](std::int64_t) {}), kImages);
  EXPECT_NE(rows[1][0], 0);  // of the second input
  EXPECT_EQ(rows[0][0], 0);  // of weights that no output depends on
}

TEST_F(ProductOperands, HaveErrorsOfTheirOwnValues) {
  const auto errors = quantization_errors(*network_, nn::quantizer_scheme("uniform"),
                                          nn::QuantizerTask::Granularity::kChannel, {2}, sampler_);
  const Tensor relu = nn::images_of(batches_[0]).relu(), step = relu.max() / 3;
  const Tensor rounded = (relu / step).round().clamp(0, 3) * step;
  // The sample has the smallest and the largest value once more.
  const double wanted = (rounded - relu).square().sum().item<double>() / kImages;
  EXPECT_NEAR(errors.at(1).weights.at(0), wanted, 0.05 * wanted);
}

/// By central differences of each image's loss.
TEST_F(ProductOperands, HaveTheTraceOfTheirOwnHessian) {
  const auto loss = torch_curvature(*network_, batches_);
  double mean = 0;
  constexpr int kProbes = 400;
  for (int probe = 0; probe < kProbes; ++probe) mean += loss->trace_probe(3, probe).at(1) / kProbes;
  const Tensor x = nn::images_of(batches_[0]).to(torch::kFloat64);
  const Tensor second = x.relu(), labels = nn::labels_of(batches_[0]);
  const auto loss_at = [&](const Tensor& s) {
    return torch::cross_entropy_loss(torch::matmul(x, s).flatten(1), labels).item<double>();
  };
  constexpr double kStep = 1e-3;
  double trace = 0;
  for (std::int64_t i = 0; i < second.numel(); ++i) {
    Tensor above = second.clone(), below = second.clone();
    above.view(-1)[i] += kStep;
    below.view(-1)[i] -= kStep;
    trace += (loss_at(above) - 2 * loss_at(second) + loss_at(below)) / (kStep * kStep);
  }
  const double wanted = trace / 9;  // an image has 9 elements
  EXPECT_NEAR(mean, wanted, 0.1 * std::abs(wanted));
  EXPECT_GT(loss->eigenvalues(1, 1).values.at(0), 0);
}

}  // namespace
}  // namespace bitloom::search
