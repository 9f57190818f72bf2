// Training at several widths at once: what is shared, what is not, and that it survives a kill.
#include <gtest/gtest.h>

#include "models/weights/safetensors.h"
#include "models/weights/widths.h"
#include "tests/nn/small_training.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::nn {
namespace {

using testing::TemporaryFolder;

/// The small network at 4/4 and 2/2.
std::vector<std::shared_ptr<QuantizedNetwork>> two_widths() {
  std::vector<std::shared_ptr<QuantizedNetwork>> widths;
  auto network = std::make_shared<Network>(small_graph(), initial_parameters(small_graph(), 1));
  for (const int bits : {4, 2}) {
    if (!widths.empty()) network = network->with_own_norms();
    widths.push_back(std::make_shared<QuantizedNetwork>(
        network, Quantization{.scheme = "lsq",
                              .policy = graph::uniform_policy(network->layers(), {bits, bits})}));
    calibrate(*widths.back());
    widths.back()->drop_corrections();
  }
  return widths;
}

struct WidthsTraining {
  explicit WidthsTraining(const std::string& folder)
      : model(two_widths()),
        trainer(model, bright_images(), {.epochs = 4, .rate = {.start = 0.1}}, folder, {}) {}

  Model model;
  Trainer trainer;
};

Tensor gradient_of(const std::vector<std::size_t>& widths, const std::string& parameter) {
  Model model(two_widths());
  torch::manual_seed(3);
  const Tensor images = torch::rand({8, 1, 4, 4});
  for (const std::size_t width : widths)
    model.forward(images, Mode::kTraining, width).square().sum().backward();
  return model.network().tensor(parameter).grad();
}

TEST(WidthsTraining, GradientsOfSharedWeightsAddUp) {
  const Tensor both = gradient_of({0, 1}, "conv1.weight");
  const Tensor sum = gradient_of({0}, "conv1.weight") + gradient_of({1}, "conv1.weight");
  EXPECT_TRUE(torch::allclose(both, sum, 1e-5, 1e-7));
  EXPECT_TRUE(torch::equal(gradient_of({0, 1}, "bn1.weight"), gradient_of({0}, "bn1.weight")));
}

TEST(WidthsTraining, SharesWeightsAndKeepsNormsAndLevelsApart) {
  const TemporaryFolder folder;
  WidthsTraining run(folder.path());
  run.trainer.run({});
  Network& wide = run.model.quantized(0)->network();
  Network& narrow = run.model.quantized(1)->network();
  EXPECT_TRUE(wide.tensor("conv1.weight").is_same(narrow.tensor("conv1.weight")));
  EXPECT_TRUE(wide.tensor("linear.bias").is_same(narrow.tensor("linear.bias")));
  for (const char* own : {"bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"})
    EXPECT_FALSE(torch::equal(wide.tensor(own), narrow.tensor(own))) << own;
  const EpochRecord& best = run.trainer.best();
  ASSERT_EQ(best.widths_top1_pct.size(), 2U);
  EXPECT_NEAR(best.validation_top1_pct, (best.widths_top1_pct[0] + best.widths_top1_pct[1]) / 2,
              1e-9);
  EXPECT_NE(training_log(run.trainer.records(), 24).find(",widths_top1_pct\n"), std::string::npos);
}

TEST(TrainingLog, HasARangeWhereAllImagesAreRight) {
  const std::string log =
      training_log({{1, 0.1, 2, 30, 1.5, 50, 7.2}, {2, 0, 1, 80, 0.5, 100, 0}}, 50);
  EXPECT_NE(log.find(",validation_stderr_pct,validation_low_pct,validation_high_pct\n"),
            std::string::npos);
  EXPECT_NE(log.find(",50.000,7.200,,\n"), std::string::npos) << log;
  EXPECT_NE(log.find(",100.000,,94.184,100.000\n"), std::string::npos) << log;
}

TEST(WidthsTraining, EndsWithTheSameBitsAfterBeingKilled) {
  const TemporaryFolder straight_folder;
  WidthsTraining straight(straight_folder.path());
  straight.trainer.run({});
  for (const int stop : {1, 4, 11}) {
    const TemporaryFolder folder;
    {
      WidthsTraining killed(folder.path());
      int steps = 0;
      EXPECT_THROW(killed.trainer.run([&](const TrainingProgress&) {
        if (++steps == stop) throw std::runtime_error("killed");
      }),
                   std::runtime_error);
    }
    WidthsTraining resumed(folder.path());
    EXPECT_TRUE(resumed.trainer.resumed());
    resumed.trainer.run({});
    const weights::Parameters got = resumed.model.parameters();
    for (const auto& [name, tensor] : straight.model.parameters())
      EXPECT_EQ(got.at(name).values, tensor.values) << name << ", killed at step " << stop;
    EXPECT_EQ(training_log(resumed.trainer.records(), 24),
              training_log(straight.trainer.records(), 24));
  }
}

}  // namespace
}  // namespace bitloom::nn
