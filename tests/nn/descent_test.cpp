// Learning rates, optimizers and losses against their closed forms.
#include <gtest/gtest.h>

#include <cmath>

#include "models/torch/norm_statistics.h"
#include "models/torch/optimizer.h"
#include "models/torch/training_loss.h"
#include "tests/nn/small_training.h"

namespace bitloom::nn {
namespace {

TEST(RateSchedule, FallsToNothingAlongACosineOrALine) {
  const RateSchedule cosine{.start = 0.4};
  EXPECT_DOUBLE_EQ(rate_at(cosine, 0, 100), 0.4);
  EXPECT_NEAR(rate_at(cosine, 50, 100), 0.2, 1e-12);
  EXPECT_NEAR(rate_at(cosine, 100, 100), 0, 1e-12);
  RateSchedule power{.start = 0.4, .shape = RateSchedule::Shape::kPolynomial};
  EXPECT_DOUBLE_EQ(rate_at(power, 25, 100), 0.3);
  power.power = 2;
  EXPECT_DOUBLE_EQ(rate_at(power, 50, 100), 0.1);
}

TEST(RateSchedule, FallsByAFactorAtItsEpochsNotAStepEarlier) {
  const RateSchedule steps{.start = 1,
                           .shape = RateSchedule::Shape::kSteps,
                           .at_epochs = {2, 3},
                           .factor = 0.1,
                           .of_epochs = 4};
  EXPECT_DOUBLE_EQ(rate_at(steps, 19, 40), 1);
  EXPECT_DOUBLE_EQ(rate_at(steps, 20, 40), 0.1);
  EXPECT_DOUBLE_EQ(rate_at(steps, 29, 40), 0.1);
  EXPECT_NEAR(rate_at(steps, 30, 40), 0.01, 1e-15);
  // Of a training of half as many epochs at the same shares.
  EXPECT_DOUBLE_EQ(rate_at(steps, 9, 20), 1);
  EXPECT_DOUBLE_EQ(rate_at(steps, 10, 20), 0.1);
}

TEST(RateSchedule, RisesWhileItWarmsUpAndFallsInWhatIsLeft) {
  const RateSchedule warm{.start = 0.8, .warm_up_epochs = 1, .of_epochs = 5};
  for (std::int64_t step = 0; step < 10; ++step)
    EXPECT_DOUBLE_EQ(rate_at(warm, step, 50), 0.08 * static_cast<double>(step + 1)) << step;
  EXPECT_DOUBLE_EQ(rate_at(warm, 10, 50), 0.8);
  EXPECT_NEAR(rate_at(warm, 30, 50), 0.4, 1e-12);
}

/// A value after steps on a loss of p, whose gradient is 1, and with it half of p's square.
struct Descent {
  explicit Descent(const OptimizerOptions& options, const std::string& name = "w",
                   const graph::Shape& shape = {1, 1})
      : value(torch::full(shape, 2.0, torch::requires_grad())),
        optimizer({{name, value}}, options) {}

  double after(int steps, double rate) {
    for (int step = 0; step < steps; ++step) {
      optimizer.clear_gradients();
      value.sum().backward();
      optimizer.step(rate, step);
    }
    return value.detach().flatten()[0].item<double>();
  }

  Tensor value;
  Optimizer optimizer;
};

TEST(Optimizer, GoesDownAsItsEquationsSay) {
  const WeightDecay none{.weights = 0};
  Descent sgd({.kind = OptimizerKind::kSgd, .momentum = 0.5, .decay = none});
  EXPECT_NEAR(sgd.after(3, 0.1), 2 - 0.1 * (1 + 1.5 + 1.75), 1e-6);
  Descent nesterov({.kind = OptimizerKind::kNesterov, .momentum = 0.5, .decay = none});
  EXPECT_NEAR(nesterov.after(2, 0.1), 2 - 0.1 * (1 + 0.5 * 1) - 0.1 * (1 + 0.5 * 1.5), 1e-6);
  // A gradient that stays has a mean of itself and a deviation of its size.
  Descent adam({.kind = OptimizerKind::kAdam, .momentum = 0.9, .decay = none});
  EXPECT_NEAR(adam.after(4, 0.1), 2 - 4 * 0.1, 1e-5);
}

TEST(Optimizer, DecaysWeightsNormsAndLevelsEachAtItsOwnRate) {
  const WeightDecay decay{.weights = 0.1, .norms = 0.2, .levels = 0.4};
  for (const OptimizerKind kind : {OptimizerKind::kSgd, OptimizerKind::kNesterov}) {
    const auto after = [&](const std::string& name, const graph::Shape& shape) {
      return Descent({.kind = kind, .momentum = 0, .decay = decay}, name, shape).after(1, 0.5);
    };
    EXPECT_NEAR(after("conv1.weight", {1, 1}), 2 - 0.5 * (1 + 0.1 * 2), 1e-6);
    EXPECT_NEAR(after("bn1.weight", {1}), 2 - 0.5 * (1 + 0.2 * 2), 1e-6);
    EXPECT_NEAR(after("quantizer.conv1.weights.step", {1, 1}), 2 - 0.5 * (1 + 0.4 * 2), 1e-6);
    EXPECT_NEAR(after("widths.1.quantizer.conv1.weights.step", {1, 1}), 2 - 0.5 * (1 + 0.4 * 2),
                1e-6);
  }
}

TEST(TrainingLoss, SmoothsLabelsOverAllClasses) {
  const Tensor outputs = torch::tensor({{1.0, 2.0, 4.0}}), labels = torch::tensor({1});
  const Tensor log = torch::log_softmax(outputs, 1);
  const double expected = -(0.7 * log[0][1].item<double>() + 0.3 * log.mean().item<double>());
  EXPECT_NEAR(TrainingLoss(0.3, {}).of(outputs, labels, {}).item<double>(), expected, 1e-6);
}

TEST(TrainingLoss, LearnsFromATeacherByItsWeightAndTemperature) {
  const Tensor outputs = torch::tensor({{1.0, 2.0}, {0.0, 0.0}});
  const Tensor taught = torch::tensor({{3.0, 0.0}, {0.0, 0.0}});
  const Tensor labels = torch::tensor({1, 0});
  const Distillation half{.teacher = nullptr, .temperature = 2, .weight = 0.25};
  const double p = 1 / (1 + std::exp(-1.5)), q = 1 / (1 + std::exp(0.5));
  const double divergence = p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  const double labelled = TrainingLoss(0, {}).of(outputs, labels, {}).item<double>();
  EXPECT_NEAR(TrainingLoss(0, half).of(outputs, labels, taught).item<double>(),
              0.75 * labelled + 0.25 * 4 * divergence / 2, 1e-6);
  EXPECT_NEAR(TrainingLoss(0, half).of(outputs, labels, outputs).item<double>(), 0.75 * labelled,
              1e-6);
}

TEST(NormStatistics, AreMeansOverBatchesOfWhatNormsRead) {
  auto network = std::make_shared<Network>(small_graph(), initial_parameters(small_graph(), 1));
  Model model(network);
  TrainingData data = bright_images();
  data::Loader loader(data.training, data.training_options),
      again(data.training, data.training_options);
  Tensor mean = torch::zeros({4}), variance = torch::zeros({4});
  for (int batch = 0; batch < 2; ++batch) {
    auto images = again.next();
    const Tensor read =
        torch::conv2d(images_of(*images), network->tensor("conv1.weight"), {}, 1, 1);
    mean += read.mean({0, 2, 3}) / 2;
    variance += read.var({0, 2, 3}, /*unbiased=*/true) / 2;
  }
  measure_norms(model, loader, 2);
  EXPECT_TRUE(torch::allclose(network->tensor("bn1.running_mean"), mean, 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(network->tensor("bn1.running_var"), variance, 1e-4, 1e-5));
  network->fix_norms();
  measure_norms(model, loader, 1);
  EXPECT_TRUE(torch::allclose(network->tensor("bn1.running_mean"), mean, 1e-4, 1e-5));
}

}  // namespace
}  // namespace bitloom::nn
