// --ptq: levels that are chosen without training, from the command line to other arithmetic.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::ProgramResult;
using testing::run_bitloom;
using testing::TemporaryFolder;
using Arguments = std::vector<std::string>;

const std::string kTrained =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

Arguments evaluating(const std::string& weights, const Arguments& more) {
  Arguments all{
      "evaluate", "--network", "resnet20", "--weights",          weights,    "--data",
      "shapes32", "--images",  "120",      "--calibration-data", "shapes32", "--calibration-images",
      "48"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

nlohmann::json evaluated(const std::string& weights, Arguments more) {
  more.insert(more.end(), {"--json", "-"});
  const ProgramResult result = run_bitloom(evaluating(weights, more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

TEST(PostTraining, LosesLessThanRangesOfTheLargestValues) {
  const auto loss = [](const Arguments& more) {
    Arguments all{"--bits", "3/3"};
    all.insert(all.end(), more.begin(), more.end());
    return evaluated(kTrained, all)["loss"].get<double>();
  };
  const double plain = loss({}), fast = loss({"--ptq", "fast"}), good = loss({"--ptq", "good"});
  EXPECT_LT(fast, plain);
  EXPECT_LT(good, plain);
}

TEST(PostTraining, IsNamedWhereLevelsWithoutItLoseManyPoints) {
  const TemporaryFolder folder;
  const std::string few = folder.write(
      "few.json", "[" + [] {
        std::string bits = "[2, 2]";
        for (int i = 1; i < 20; ++i) bits += ", [2, 2]";
        return bits;
      }() + "]");
  const std::string hint = " points of top-1 below single precision:\n--ptq good ";
  const auto has_hint = [&](const Arguments& more) {
    const ProgramResult result = run_bitloom(evaluating(kTrained, more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out.find(hint) != std::string::npos;
  };
  EXPECT_TRUE(has_hint({"--bits", "2/2"}));
  EXPECT_TRUE(has_hint({"--policies", few}));
  EXPECT_FALSE(has_hint({"--bits", "8/8"}));
  EXPECT_FALSE(has_hint({"--bits", "2/2", "--ptq", "fast"}));
  EXPECT_FALSE(has_hint({"--bits", "2/2", "--quantizer", "dorefa"}));
  const ProgramResult searched = run_bitloom({"search",
                                              "--network",
                                              "resnet20",
                                              "--hardware",
                                              "bismo-edge",
                                              "--weights",
                                              kTrained,
                                              "--data",
                                              "shapes32",
                                              "--budget",
                                              "latency=0.5x",
                                              "--weight-bits",
                                              "2-3",
                                              "--activation-bits",
                                              "2",
                                              "--method",
                                              "greedy",
                                              "--episodes",
                                              "1",
                                              "--reward-images",
                                              "60",
                                              "--final-images",
                                              "100",
                                              "-o",
                                              folder.file("run")});
  EXPECT_EQ(searched.exit_code, 0) << searched.err;
  EXPECT_NE(searched.out.find("greedy is about "), std::string::npos) << searched.out;
  EXPECT_NE(searched.out.find(hint), std::string::npos) << searched.out;
}

TEST(PostTraining, ByChannelsRefusesOneScaleForALayer) {
  expect_refused(
      evaluating(kTrained, {"--bits", "3/3", "--ptq", "fast", "--granularity", "layer"}),
      "--ptq fast: scales the levels of each channel, and --granularity layer has one scale for "
      "all; --ptq good would be right");
}

TEST(PostTraining, IsTheSameInIntegersAndFromAFile) {
  const TemporaryFolder folder;
  const std::string file = folder.file("three.safetensors");
  const ProgramResult calibrated =
      run_bitloom({"calibrate", "--network", "resnet20", "--weights", kTrained, "--data",
                   "shapes32", "--calibration-data", "shapes32", "--calibration-images", "48",
                   "--bits", "3/3", "--edge-layers", "8/8", "--ptq", "good", "-o", file});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  const auto direct =
      evaluated(kTrained, {"--bits", "3/3", "--edge-layers", "8/8", "--ptq", "good"});
  EXPECT_EQ(direct["quantization"]["post_training"], "gptq");
  EXPECT_EQ(direct["quantization"]["quantizer"], "least-error");
  for (const char* engine : {"fake", "integer"}) {
    const auto kept = evaluated(file, {"--engine", engine});
    EXPECT_EQ(kept["loss"], direct["loss"]) << engine;
    EXPECT_EQ(kept["quantization"]["post_training"], "gptq");
  }
}

TEST(PostTraining, GoesIntoFilesOfOnnx) {
  const TemporaryFolder folder;
  const std::string file = folder.file("four.safetensors"), model = folder.file("four.onnx");
  ASSERT_EQ(run_bitloom({"calibrate", "--network", "resnet20", "--weights", kTrained, "--data",
                         "shapes32", "--calibration-images", "32", "--calibration-data", "shapes32",
                         "--bits", "4/4", "--ptq", "fast", "-o", file})
                .exit_code,
            0);
  const double loss = evaluated(file, {})["loss"];
  for (const char* format : {"qonnx", "qdq"}) {
    const ProgramResult exported = run_bitloom(
        {"export", "--network", "resnet20", "--weights", file, "--format", format, "-o", model});
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    const ProgramResult result =
        run_bitloom({"evaluate", "--network", model, "--weights", model, "--data", "shapes32",
                     "--images", "120", "--json", "-"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto own = nlohmann::json::parse(result.out);
    EXPECT_NEAR(own["loss"].get<double>(), loss, 0.03) << format;
    EXPECT_EQ(own["arithmetic"], "integers carried by floats, real numbers between layers");
  }
}

TEST(PostTraining, RefusesWhatItCannotChoose) {
  expect_refused(evaluating(kTrained, {"--bits", "4/4", "--ptq", "quick"}),
                 "--ptq: unknown post-training method 'quick' (known: fast, moments, good, gptq, "
                 "best, adaround)");
  expect_refused(evaluating(kTrained, {"--bits", "4/4", "--ptq", "good", "--quantizer", "dorefa"}),
                 "--ptq chooses the levels of weights=least-error, not of dorefa; --quantizer "
                 "least-error, or none, would be right");
  expect_refused(evaluating(kTrained, {"--float", "--ptq", "good"}),
                 "--float: leave out --bits, --policy, --edge-layers, --quantizer, --granularity "
                 "and --ptq");
}

#ifdef BITLOOM_RTL
TEST(PostTraining, IsVerifiedOnTheRtl) {
  const Arguments command{"verify",   "--hardware", "bismo-edge", "--network", "resnet20", "--bits",
                          "3/3",      "--layers",   "9",          "--weights", kTrained,   "--data",
                          "shapes32", "--ptq",      "fast",       "--json",    "-"};
  const ProgramResult verified = run_bitloom(command);
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_EQ(nlohmann::json::parse(verified.out)["passed"], true);
  expect_refused({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--ptq", "fast"},
                 "--ptq: chooses the levels of real tensors: add --weights and --data");
}
#endif

}  // namespace
}  // namespace bitloom
