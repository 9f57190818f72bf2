// Trainings by recipes: stages, a teacher, and the same bits wherever they are killed.
#include <gtest/gtest.h>

#include <filesystem>

#include <fmt/format.h>

#include "models/weights/safetensors.h"
#include "pipelines/learn/train.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::TemporaryFolder;

const Host kShipped{.hardware_folder = BITLOOM_SOURCE_DIR "/configs/hardware"};

/// Two steps an epoch.
struct RecipeRun {
  explicit RecipeRun(const std::string& folder, const std::string& recipe) {
    options.settings = load_training_recipe(recipe, TrainingSettings{});
    options.network.name = "resnet20";
    options.weights = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";
    options.data = {.spec = "shapes32", .count = 32};
    options.validation = ImageChoice{.spec = "shapes32", .count = 20};
    options.compute.batch_size = 16;
    options.folder = folder;
  }

  /// Ends as a killed one would before step `stop`, from 1; 0: never.
  Trained run(int stop = 0) {
    Host host;
    int steps = 0;
    host.progress = [&](const Progress& at) {
      if (at.step == "finetune" && at.done > 0 && !at.ended && ++steps == stop)
        throw std::runtime_error("killed");
    };
    return finetune(options, quantization_of(options.settings, {}), {}, host);
  }

  TrainOptions options;
};

std::string progressive(const TemporaryFolder& folder) {
  return folder.write("progressive.yaml",
                      "description: d\npaper: p\nquantizer: qil\nbits: 2/2\nedge_layers: 8/8\n"
                      "progressive: [5, 4, 3]\nepochs: 1\n");
}

std::string distilled(const TemporaryFolder& folder) {
  return folder.write("distilled.yaml",
                      "description: d\npaper: p\nquantizer: lsq\nbits: 3/3\nepochs: 2\n"
                      "optimizer: adam\nlearning_rate: {start: 0.001, warm_up_epochs: 1}\n"
                      "label_smoothing: 0.1\ndistillation: {weight: 0.5, temperature: 2}\n"
                      "norm_batches: 1\n");
}

void expect_same_after_kills(const std::string& recipe, std::initializer_list<int> stops) {
  const TemporaryFolder folder;
  RecipeRun(folder.file("whole"), recipe).run();
  for (const int stop : stops) {
    RecipeRun killed(folder.file("killed" + std::to_string(stop)), recipe);
    EXPECT_THROW(killed.run(stop), std::runtime_error) << stop;
    killed.run();
    for (const char* file : {"best.safetensors", "checkpoint.safetensors", "log.csv"})
      EXPECT_TRUE(testing::contents(folder.path() / "whole" / file) ==
                  testing::contents(std::filesystem::path(killed.options.folder) / file))
          << file << " differs, killed at step " << stop;
  }
}

TEST(SlowRecipeTraining, LogsTheRateOfAnEpochsLastStep) {
  const TemporaryFolder folder;
  RecipeRun run(folder.file("run"), distilled(folder));
  run.run();
  const std::string log = testing::contents(folder.path() / "run/log.csv");
  for (const std::int64_t epoch : {1, 2}) {
    const double rate = nn::rate_at(run.options.settings.rate, 2 * epoch - 1, 4);
    EXPECT_NE(log.find(fmt::format("\n{},{:.6g},", epoch, rate)), std::string::npos) << log;
  }
}

TEST(SlowRecipeTraining, InStagesEndsWithTheSameBitsWhereverItIsKilled) {
  const TemporaryFolder folder;
  expect_same_after_kills(progressive(folder), {1, 2, 3, 5, 8});
}

TEST(SlowRecipeTraining, FromATeacherEndsWithTheSameBitsWhereverItIsKilled) {
  const TemporaryFolder folder;
  expect_same_after_kills(distilled(folder), {1, 2, 4});
}

TEST(RecipeTraining, RunsAStageForEachOfItsBitsThatALayerEndsBelow) {
  const TemporaryFolder folder;
  RecipeRun run(folder.file("run"), progressive(folder));
  run.options.settings.progressive = {8, 3};
  QuantizationChoice choice = quantization_of(run.options.settings, {});
  choice.policy.bits = graph::Precision{3, 8};  // 3 is no stage: nothing ends below it
  finetune(run.options, choice);
  const auto quantization = [&](const char* file) {
    return weights::TensorFile::load(folder.file(file)).metadata("quantization");
  };
  EXPECT_NE(quantization("run/stage-1/best.safetensors").find("[8,8],[8,8],[8,8]"),
            std::string::npos);
  EXPECT_NE(quantization("run/best.safetensors").find("[8,8],[3,8],[3,8]"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.file("run/stage-2")));
  const std::string log = testing::contents(folder.path() / "run/log.csv");
  EXPECT_NE(log.find(",stage\n"), std::string::npos) << log;
  EXPECT_NE(log.find(",1\n1,"), std::string::npos) << log;
  EXPECT_TRUE(log.ends_with(",2\n")) << log;
}

TEST(RecipeTraining, OfAnotherRecipeDoesNotGoOnInAFolder) {
  const TemporaryFolder folder;
  const std::string recipe = distilled(folder);
  RecipeRun run(folder.file("run"), recipe);
  run.options.settings.epochs = 1;
  run.run();
  const auto refusal = [&](const std::function<void(TrainingSettings&)>& change) {
    RecipeRun other(folder.file("run"), recipe);
    other.options.settings.epochs = 1;
    change(other.options.settings);
    return testing::complaint([&] { other.run(); });
  };
  const std::string start = folder.file("run/manifest.json") + ": the run there has ";
  const std::string end = "; choose another folder, or the same options";
  EXPECT_EQ(refusal([](TrainingSettings& s) { s.temperature = 1; }),
            start + "distillation.temperature \"2\", not \"1\"" + end);
  EXPECT_EQ(refusal([](TrainingSettings& s) { s.optimizer.decay.levels = 0; }),
            start + "weight_decay.levels null, not \"0\"" + end);
  EXPECT_EQ(refusal([](TrainingSettings& s) { s.progressive = {8}; }),
            start + "progressive \"\", not \"8\"" + end);
  EXPECT_EQ(
      refusal([](TrainingSettings& s) { s.rate.shape = nn::RateSchedule::Shape::kPolynomial; }),
      start + "learning_rate.schedule \"cosine\", not \"polynomial\"" + end);
}

TEST(Recipes, ThatShipNameQuantizersThatThereAre) {
  const std::vector<std::string> names = recipe_names(kShipped);
  EXPECT_GE(names.size(), 10U);
  for (const std::string& name : names) {
    const TrainingSettings settings = load_training_recipe(name, {}, kShipped);
    EXPECT_FALSE(settings.description.empty()) << name;
    EXPECT_NE(settings.paper.find("arXiv:"), std::string::npos) << name;
  }
}

TEST(Recipes, OfUnknownQuantizersSayWhere) {
  const TemporaryFolder folder;
  const std::string file = folder.write("r.yaml", "description: d\nquantizer: lsqq\n");
  const std::string refusal =
      testing::complaint([&] { load_training_recipe(file, TrainingSettings{}); });
  EXPECT_TRUE(refusal.starts_with(
      file + ":2:12: quantizer: unknown quantizer 'lsqq': did you mean lsq? (known: "))
      << refusal;
}

}  // namespace
}  // namespace bitloom::pipelines
