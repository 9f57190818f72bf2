// Which images a training and a measurement used, and what that says of their figures.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Json = nlohmann::json;

const std::string kTrainedOnShapes =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

/// Records of CIFAR-10, of each class in turn; no two alike.
std::string records(int count) {
  constexpr int kPixels = 3 * 32 * 32;
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += static_cast<char>(i % 10);
    for (int p = 0; p < kPixels; ++p) text += static_cast<char>(i * 37 + p * p % 251);
  }
  return text;
}

/// Rows of images.csv by their use.
std::map<std::string, int> uses_in(const std::string& csv) {
  std::istringstream lines(csv);
  std::map<std::string, int> uses;
  for (std::string line; std::getline(lines, line);) ++uses[line.substr(0, line.find(','))];
  uses.erase("use");
  return uses;
}

class TrainingImages : public ::testing::Test {
 protected:
  std::vector<std::string> finetuning(const std::string& run,
                                      const std::vector<std::string>& more) const {
    std::vector<std::string> all{"finetune",
                                 "--network",
                                 "resnet20",
                                 "--weights",
                                 kTrainedOnShapes,
                                 "--bits",
                                 "4/4",
                                 "--data",
                                 data_,
                                 "--epochs",
                                 "1",
                                 "-o",
                                 folder_.file(run),
                                 "--learning-rate",
                                 "0.001"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Json manifest(const std::string& run) const {
    return Json::parse(contents(folder_.file(run + "/manifest.json")));
  }
  std::map<std::string, int> listed(const std::string& run) const {
    const std::string list = manifest(run)["images_list"];
    return uses_in(contents(folder_.file(run + "/" + list)));
  }
  TemporaryFolder folder_;
  std::string data_ = "cifar10:" + folder_.write("some.bin", records(60));
};

TEST_F(TrainingImages, AreListedInTheRunsFolder) {
  const auto arguments = finetuning("run", {"--images", "40"});
  const ProgramResult begun = run_bitloom(arguments);
  ASSERT_EQ(begun.exit_code, 0) << begun.err;
  EXPECT_EQ(listed("run"),
            (std::map<std::string, int>{{"calibration", 40}, {"training", 36}, {"validation", 4}}));
  const std::string list = contents(folder_.file("run/images.csv"));
  EXPECT_NE(list.find("\nvalidation," + folder_.file("some.bin") + ": record "), std::string::npos)
      << list;

  Json without = manifest("run");
  for (const char* note : {"images_list", "validated_on"}) without.erase(note);
  folder_.write("run/manifest.json", without.dump());
  const ProgramResult again = run_bitloom(arguments);
  EXPECT_EQ(again.exit_code, 0) << "a run goes on whose manifest lists less: " << again.err;
  EXPECT_NE(again.out.find("(all epochs are done)"), std::string::npos) << again.out;
  EXPECT_EQ(contents(folder_.file("run/images.csv")), list);
}

TEST_F(TrainingImages, GoOnWithTheSameCalibrationAlone) {
  ASSERT_EQ(run_bitloom(finetuning("run", {"--images", "40"})).exit_code, 0);
  const std::string listed = contents(folder_.file("run/images.csv"));
  const std::string others = "cifar10:" + folder_.write("others.bin", records(20));
  const auto other =
      run_bitloom(finetuning("run", {"--images", "40", "--calibration-data", others}));
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("manifest.json: the run there has calibration"), std::string::npos)
      << other.err;
  EXPECT_EQ(contents(folder_.file("run/images.csv")), listed);
}

TEST_F(TrainingImages, ThatAreValidatedOnTooAreTold) {
  const ProgramResult same = run_bitloom(finetuning("same", {"--validation-data", data_}));
  ASSERT_EQ(same.exit_code, 0) << same.err;
  const std::string seen = data_ + ", all of whose images are trained on";
  EXPECT_EQ(manifest("same")["validated_on"], seen);
  EXPECT_EQ(manifest("same")["validation_seen"], 60);
  EXPECT_NE(same.err.find("--validation-data " + seen + ": "), std::string::npos) << same.err;
  EXPECT_EQ(listed("same")["training"], 0) << "nothing was drawn";

  const std::string more = "cifar10:" + folder_.write("more.bin", records(64).substr(50 * 3073));
  const ProgramResult some = run_bitloom(finetuning("some", {"--validation-data", more}));
  ASSERT_EQ(some.exit_code, 0) << some.err;
  EXPECT_EQ(manifest("some")["validated_on"], more + ", 10 of whose 14 images are trained on");

  const std::string other = "cifar10:" + folder_.write("other.bin", records(64).substr(60 * 3073));
  const ProgramResult apart = run_bitloom(finetuning("apart", {"--validation-data", other}));
  ASSERT_EQ(apart.exit_code, 0) << apart.err;
  EXPECT_EQ(manifest("apart")["validated_on"], other);
  EXPECT_FALSE(manifest("apart").contains("validation_seen"));
  EXPECT_EQ(apart.err.find("--validation-data"), std::string::npos) << apart.err;
}

TEST_F(TrainingImages, HeldOutMayHaveBeenTrainedOnBefore) {
  const ProgramResult tuned = run_bitloom(finetuning("run", {}));
  ASSERT_EQ(tuned.exit_code, 0) << tuned.err;
  const std::string held = "a tenth of each class of --data";
  EXPECT_EQ(manifest("run")["validated_on"],
            held + ", which is not trained on here but may have been for --weights");
  const ProgramResult trained = run_bitloom({"train", "--network", "resnet20", "--data", data_,
                                             "--epochs", "1", "-o", folder_.file("new")});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(manifest("new")["validated_on"], held);
  EXPECT_EQ(listed("new"), (std::map<std::string, int>{{"training", 54}, {"validation", 6}}));
}

TEST_F(TrainingImages, AndThoseOfASensitivityAreListed) {
  const ProgramResult measured =
      run_bitloom({"sensitivity", "--network", "resnet20", "--weights", kTrainedOnShapes, "--data",
                   data_, "--images", "20", "--method", "fisher", "-o", folder_.file("s.json")});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  const Json on = Json::parse(contents(folder_.file("s.json")))["measured_on"];
  ASSERT_EQ(on["image_list"].size(), 20u);
  EXPECT_EQ(on["image_list"][0].get<std::string>().rfind(folder_.file("some.bin") + ": record ", 0),
            0u);
  EXPECT_EQ(run_bitloom({"search", "--network", "resnet20", "--hardware", "bismo-edge",
                         "--sensitivity", folder_.file("s.json"), "--budget", "latency=0.5x"})
                .exit_code,
            0)
      << "a search reads it";
}

}  // namespace
}  // namespace bitloom::testing
