// One operand lowered, on a network whose outputs can be computed by hand.
#include "search/measure/lowered_operands.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/operators/flatten.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "search/measure/sensitivity_methods.h"
#include "search/measure/torch_lowering.h"

namespace bitloom::search {
namespace {

/// Two classes, z = W x with W = [[1, 0.2], [0.4, -1]], which 2 bits round to [[1, 0], [0, -1]].
graph::Graph linear_graph() {
  graph::Graph graph("linear");
  graph::NodeId at = graph.add("input", graph::Input{{2, 1, 1}}, {});
  at = graph.add("flatten", graph::Flatten{}, {at});
  graph.add("linear", graph::Linear{2}, {at});
  return graph;
}

/// Their mean is 0, so that biases are not corrected.
data::Batch batch_of(std::vector<float> pixels, std::vector<std::int64_t> labels) {
  data::Batch batch;
  batch.size = std::ssize(labels);
  batch.input = {2, 1, 1};
  batch.images = std::move(pixels);
  batch.labels = std::move(labels);
  return batch;
}

class Lowered : public ::testing::Test {
 protected:
  Lowered() {
    nn::ActivationSampler sampler(1, 3);
    const torch::NoGradGuard no_gradient;
    for (data::Batch& batch : batches_)
      network_->forward(nn::images_of(batch), nn::Mode::kInference, sampler);
    NetworkAtBits at_bits;
    for (const int bits : {2, 8}) {
      at_bits[bits] = std::make_unique<nn::QuantizedNetwork>(
          network_, nn::Quantization{.policy = {{bits, bits}}});
      at_bits[bits]->calibrate(sampler);
    }
    lowered_ = torch_lowering(*network_, std::move(at_bits), batches_);
  }

  /// By image: the difference of the outputs in single precision, with 2-bit weights, and with
  /// 2-bit inputs, whose step is 2.
  static constexpr double kReal[] = {1.2, 0.6 * -0.9 + 1.2 * 1.5, 0.6 * -1.1 + 1.2 * -1.5};
  static constexpr double kWeights[] = {2, -0.9 + 1.5, -1.1 - 1.5};
  static constexpr double kInputs[] = {1.2, 1.2 * 2, 0.6 * -2 + 1.2 * -2};
  static constexpr std::int64_t kLabels[] = {0, 1, 1};

  std::shared_ptr<nn::Network> network_ = std::make_shared<nn::Network>(
      linear_graph(), weights::Parameters{{"linear.weight", {{2, 2}, {1, 0.2f, 0.4f, -1}}},
                                          {"linear.bias", {{2}, {0, 0}}}});
  std::vector<data::Batch> batches_{batch_of({2, 0, -0.9f, 1.5f}, {0, 1}),
                                    batch_of({-1.1f, -1.5f}, {1})};
  std::unique_ptr<LoweredOperands> lowered_;
};

double first_class(double margin) { return 1 / (1 + std::exp(-margin)); }

double divergence(double real, double lowered) {
  const double p = first_class(real), q = first_class(lowered);
  return p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
}

TEST_F(Lowered, DivergesByTheRelativeEntropyOfItsAnswers) {
  EXPECT_EQ(lowered_->images(), 3);
  EXPECT_EQ(lowered_->tensors(), 2u);
  EXPECT_EQ(lowered_->bits(), (std::vector<int>{2, 8}));
  const auto weights = lowered_->changes(0, 2, OutputChange::kDivergence);
  const auto inputs = lowered_->changes(1, 2, OutputChange::kDivergence);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(weights.at(i), divergence(kReal[i], kWeights[i]), 1e-6) << i;
    EXPECT_NEAR(inputs.at(i), divergence(kReal[i], kInputs[i]), 1e-6) << i;
  }
  for (const double rest : lowered_->changes(0, 8, OutputChange::kDivergence)) {
    EXPECT_LT(rest, 1e-3);
    EXPECT_GT(rest, -1e-12);
  }
}

TEST_F(Lowered, LosesWhatTheLabelsProbabilityLoses) {
  const auto found = lowered_->changes(0, 2, OutputChange::kLoss);
  for (std::size_t i = 0; i < 3; ++i) {
    const double sign = kLabels[i] == 0 ? 1 : -1;
    EXPECT_NEAR(found.at(i),
                std::log(first_class(sign * kReal[i])) - std::log(first_class(sign * kWeights[i])),
                1e-6);
  }
}

TEST_F(Lowered, HasNoiseAsAShareOfTheOutputsPower) {
  const double x[3][2] = {{2, 0}, {-0.9, 1.5}, {-1.1, -1.5}};
  double signal = 0;
  for (const auto& [a, b] : x) signal += (std::pow(a + 0.2 * b, 2) + std::pow(0.4 * a - b, 2)) / 3;
  const auto found = lowered_->changes(0, 2, OutputChange::kNoise);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(found.at(i), (std::pow(0.2 * x[i][1], 2) + std::pow(0.4 * x[i][0], 2)) / signal,
                1e-6);
}

/// The gradient of a linear layer's loss is (p - y) x^T, so that its slope along a change of the
/// weights is (p - y) times the change of the outputs.
TEST_F(Lowered, SlopesAreThoseOfEachImagesLoss) {
  std::vector<std::vector<double>> rows(4);
  std::int64_t done = 0;
  while (done < 3) done += lowered_->slopes(done, rows, [](std::int64_t) {});
  EXPECT_EQ(done, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const double miss = first_class(kReal[i]) - (kLabels[i] == 0 ? 1 : 0);
    EXPECT_NEAR(rows[0].at(i), miss * (kWeights[i] - kReal[i]), 1e-6) << i;
    EXPECT_NEAR(rows[2].at(i), miss * (kInputs[i] - kReal[i]), 1e-6) << i;
  }
}

TEST_F(Lowered, IsMeasuredAsTheMeanOverImagesWithItsStandardError) {
  std::vector<TensorSensitivity> tensors(2);
  find_sensitivity_method("divergence").measure_widths(*lowered_, {}, tensors);
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < 3; ++i) mean += divergence(kReal[i], kWeights[i]) / 3;
  for (std::size_t i = 0; i < 3; ++i)
    squares += std::pow(divergence(kReal[i], kWeights[i]) - mean, 2);
  EXPECT_NEAR(tensors[0].change.at(2), mean, 1e-6);
  EXPECT_NEAR(tensors[0].change_error.at(2), std::sqrt(squares / 2 / 3), 1e-6);
  EXPECT_EQ(find_sensitivity_method("divergence").figure(tensors[0])->value,
            tensors[0].change.at(2));
}

}  // namespace
}  // namespace bitloom::search
