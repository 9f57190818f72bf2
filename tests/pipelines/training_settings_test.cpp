// Recipes for training as files: what they say, and what is refused.
#include "pipelines/training_settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

const Host kShipped{.hardware_folder = BITLOOM_SOURCE_DIR "/configs/hardware"};

class Recipe : public ::testing::Test {
 protected:
  TrainingSettings read(const std::string& text) const {
    return load_recipe(folder_.write("r.yaml", text), {.epochs = 5});
  }
  std::string refusal_of(const std::string& text) const {
    return testing::without(testing::complaint([&] { read(text); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Recipe, SaysWhatItSaysAndLeavesTheRest) {
  const TrainingSettings settings = read(
      "quantizer: lsq\nprogressive: [5, 4]\noptimizer: nesterov\n"
      "learning_rate: {start: 0.2, schedule: steps, at_epochs: [1, 3], factor: 0.5}\n"
      "weight_decay: {levels: 0}\ndistillation: {weight: 0.25}\n");
  EXPECT_EQ(settings.quantizer, "lsq");
  EXPECT_EQ(settings.progressive, (std::vector<std::int64_t>{5, 4}));
  EXPECT_EQ(settings.optimizer.kind, nn::OptimizerKind::kNesterov);
  EXPECT_EQ(settings.optimizer.decay.levels, 0);
  EXPECT_EQ(settings.optimizer.decay.weights, 5e-4);
  EXPECT_EQ(settings.rate.shape, nn::RateSchedule::Shape::kSteps);
  EXPECT_EQ(settings.rate.of_epochs, 5);
  EXPECT_EQ(settings.teacher_weight, 0.25);
  EXPECT_EQ(settings.temperature, 1);
  EXPECT_FALSE(read("epochs: 3\n").optimizer.decay.levels.has_value());
}

TEST_F(Recipe, OfUnknownKeysListsThoseThatThereAre) {
  EXPECT_EQ(refusal_of("epocks: 3\n"),
            "r.yaml:1:1: epocks: unknown key 'epocks': did you mean epochs? (known: description, "
            "paper, quantizer, bits, edge_layers, progressive, widths, epochs, batch, optimizer, "
            "momentum, learning_rate, weight_decay, label_smoothing, distillation, norm_batches)");
  EXPECT_EQ(refusal_of("epochs: 3\nlearning_rate:\n  warmup: 1\n"),
            "r.yaml:3:3: learning_rate.warmup: unknown key 'warmup' "
            "(known: start, schedule, at_epochs, factor, power, warm_up_epochs)");
  EXPECT_EQ(refusal_of("optimizer: lion\n"),
            "r.yaml:1:12: optimizer: unknown optimizer 'lion' (known: sgd, nesterov, adam)");
}

TEST_F(Recipe, OfWrongValuesSaysWhereAndWhatWouldBeRight) {
  EXPECT_EQ(refusal_of("epochs: 0\n"), "r.yaml:1:9: epochs: must be in [1, 100000], got 0");
  EXPECT_EQ(refusal_of("optimizer: adam\nmomentum: 1\n"),
            "r.yaml:2:11: momentum: must be in [0, 0.9999], got 1");
  EXPECT_EQ(refusal_of("progressive: [5, 17]\n"),
            "r.yaml:1:18: progressive[1]: must be in [1, 16], got 17");
  EXPECT_EQ(refusal_of("progressive: [4, 5]\n"),
            "r.yaml:1:14: progressive: must be falling, such as [5, 4, 3]");
  EXPECT_EQ(refusal_of("widths: [8]\n"),
            "r.yaml:1:9: widths: must be two or more, falling, such as [8, 6, 4]");
  EXPECT_EQ(refusal_of("widths: [8, 4]\nbits: 4/4\n"),
            "r.yaml:2:7: bits: goes without widths, which train all bits at once");
  EXPECT_EQ(refusal_of("bits: 4\n"),
            "r.yaml:1:7: bits: must be W/A, weight and activation bits, each in [1, 16], such as "
            "4/6; activation bits may be 32, single precision");
  EXPECT_EQ(refusal_of("learning_rate: {schedule: steps}\n"),
            "r.yaml:1:16: learning_rate: key 'at_epochs' is missing: schedule steps says with it "
            "when it falls");
  EXPECT_EQ(refusal_of("learning_rate: {at_epochs: [2]}\n"),
            "r.yaml:1:28: learning_rate.at_epochs: goes with schedule: steps");
  EXPECT_EQ(refusal_of("learning_rate: {power: 2}\n"),
            "r.yaml:1:24: learning_rate.power: goes with schedule: polynomial");
  EXPECT_EQ(refusal_of("learning_rate: {schedule: steps, at_epochs: [3, 5]}\n"),
            "r.yaml:1:45: learning_rate.at_epochs: must be rising and below epochs, which is 5");
  EXPECT_EQ(refusal_of("learning_rate: {warm_up_epochs: 5}\n"),
            "r.yaml:1:33: learning_rate.warm_up_epochs: must be below epochs, which is 5");
}

TEST_F(Recipe, IsFoundByItsName) {
  EXPECT_EQ(load_recipe("lsq", {}, kShipped).quantizer, "lsq");
  EXPECT_EQ(load_recipe("qil", {}, kShipped).progressive, (std::vector<std::int64_t>{5, 4, 3}));
  EXPECT_EQ(testing::complaint([] {
              recipe_path("lsqq", kShipped);
            }).rfind("unknown recipe 'lsqq': did you mean lsq? (known: adabits, ", 0),
            0u);
}

TEST_F(Recipe, IsDeclaredValueByValue) {
  Manifest manifest("finetune");
  declare(read("learning_rate: {schedule: steps, at_epochs: [1, 3]}\n"), manifest);
  const nlohmann::ordered_json& json = manifest.json();
  EXPECT_EQ(json["epochs"], "5");
  EXPECT_EQ(json["learning_rate.at_epochs"], "1,3");
  EXPECT_EQ(json["learning_rate.schedule"], "steps");
  EXPECT_TRUE(json["weight_decay.levels"].is_null());
  EXPECT_EQ(json["distillation.weight"], "0");
}

}  // namespace
}  // namespace bitloom::pipelines
