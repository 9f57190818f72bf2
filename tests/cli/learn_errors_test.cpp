// Mistakes of those who evaluate and train: one line each, exit code 2, nothing written.
#include <gtest/gtest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

const std::string kWeights =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

std::vector<std::string> evaluating(const std::vector<std::string>& more) {
  std::vector<std::string> all{"evaluate", "--network", "resnet20",  "--data", "shapes32",
                               "--images", "8",         "--weights", kWeights};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(Evaluate, RefusesBitsThatAreNone) {
  for (const char* bits : {"0/4", "4/99", "4", "-1/4"})
    expect_refused(evaluating({std::string("--bits=") + bits}),
                   std::string("--bits '") + bits +
                       "': must be W/A, weight and activation bits, each in [1, 16] (or A 32, "
                       "single precision), such as 4/6");
}

TEST(Evaluate, RefusesWhatContradictsItself) {
  expect_refused(
      evaluating({"--float", "--bits", "4/4"}),
      "--float: leave out --bits, --policy, --edge-layers, --quantizer and --granularity");
  expect_refused(evaluating({"--bits", "4/32", "--engine", "integer"}),
                 "--engine integer: activations of 'conv1' are single precision");
  expect_refused(evaluating({"--quantizer", "kmeans", "--engine", "integer"}),
                 "--engine integer: the levels of quantizer kmeans are no multiples of one step");
}

TEST(Evaluate, ScoresManyPoliciesAsEachAlone) {
  const TemporaryFolder folder;
  std::string pairs;
  for (int layer = 0; layer < 20; ++layer) pairs += (layer == 0 ? "[" : ",[") + std::string("4,5]");
  const std::string a = folder.write("a.json", "[" + pairs + "]");
  for (char& c : pairs) c = c == '4' ? '2' : c;
  const std::string b = folder.write("b.json", "[" + pairs + "]");
  const auto many = run_bitloom(evaluating({"--policies", a, b, a, "--json", "-"}));
  ASSERT_EQ(many.exit_code, 0) << many.err;
  const auto rows = nlohmann::json::parse(many.out)["policies"];
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1]["policy"], b);
  const auto alone = run_bitloom(evaluating({"--policy", b, "--json", "-"}));
  EXPECT_EQ(rows[1]["loss"], nlohmann::json::parse(alone.out)["loss"]);
  EXPECT_EQ(rows[0]["loss"], rows[2]["loss"]);
  EXPECT_NE(rows[0]["loss"], rows[1]["loss"]);
  expect_refused(evaluating({"--policies", a, "--float"}),
                 "--policies: leave out --float and --engine; answers are those of --engine fake");
  expect_refused(evaluating({"--policies", a, "none.json"}), "none.json: no such file");
}

TEST(Evaluate, OffersTheNearestNames) {
  expect_refused(evaluating({"--engine", "fast"}), "unknown engine 'fast' (known: fake, integer)");
  expect_refused(evaluating({"--quantizer", "kmean"}),
                 "unknown quantizer 'kmean': did you mean kmeans? (known: uniform, haq, pact, "
                 "dorefa, kmeans)");
  expect_refused({"evaluate", "--network", "resnet20", "--data", "shape32", "--weights", kWeights},
                 "unknown data set 'shape32': did you mean shapes32? (known: cifar10, idx, images, "
                 "folder, shapes32)");
}

TEST(Evaluate, RefusesWeightsThatAreCutOffOrAnothersOrAbsent) {
  const TemporaryFolder folder;
  const std::string cut = folder.write("cut.safetensors", contents(kWeights).substr(0, 100000));
  const ProgramResult result =
      run_bitloom({"evaluate", "--network", "resnet20", "--data", "shapes32", "--weights", cut});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind(cut + ": tensor '", 0), 0u) << result.err;
  EXPECT_NE(result.err.find("is it cut off?"), std::string::npos) << result.err;
  expect_refused({"evaluate", "--network", "resnet56", "--data", "shapes32", "--weights", kWeights},
                 kWeights + ": has no tensor 'layer1.3.conv1.weight'");
  expect_refused({"evaluate", "--network", "resnet20", "--data", "shapes32", "--weights", "/no/w"},
                 "/no/w: cannot be read: No such file or directory");
}

TEST(Evaluate, RefusesLabelsThatTheNetworkHasNoOutputFor) {
  const TemporaryFolder folder;
  std::string record(3073, '\0');
  record[0] = 10;
  const std::string file = folder.write("images.bin", record);
  const ProgramResult result = run_bitloom(
      {"evaluate", "--network", "resnet20", "--data", "cifar10:" + file, "--weights", kWeights});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("label 10"), std::string::npos) << result.err;
}

TEST(Calibrate, WritesIntegersThatTheRtlComputes) {
  const TemporaryFolder folder;
  const std::string out = folder.file("calibrated.safetensors");
  const ProgramResult calibrated = run_bitloom(
      {"calibrate", "--network", "resnet20", "--weights", kWeights, "--data", "shapes32",
       "--images", "32", "--bits", "3/5", "--edge-layers", "8/8", "-o", out});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  EXPECT_TRUE(lines_beyond(100, calibrated.out).empty());
  // The file knows how it is quantized.
  const auto figures = [&](const char* engine) {
    const ProgramResult result =
        run_bitloom({"evaluate", "--network", "resnet20", "--weights", out, "--data", "shapes32",
                     "--images", "50", "--engine", engine});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("mixed by uniform"), std::string::npos) << result.out;
    return result.out.substr(result.out.find("top-1"));
  };
  EXPECT_EQ(figures("fake"), figures("integer"));
  const ProgramResult verified = run_bitloom({"verify", "--hardware", "bismo-edge", "--network",
                                              "resnet20", "--weights", out, "--data", "shapes32"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_NE(verified.out.find("PASS: 20 of 20 layers pass"), std::string::npos) << verified.out;
}

TEST(Train, RefusesANetworkThatIsNoClassifier) {
  const TemporaryFolder folder;
  const ProgramResult result = run_bitloom(
      {"train", "--network", "retinanet_r50", "--data", "shapes32", "-o", folder.file("run")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind("network retinanet_r50: is no classifier: it puts out ", 0), 0u)
      << result.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("run")));
}

TEST(Train, StopsWhereTheLossIsNoNumberAndKeepsNothingAsBest) {
  const TemporaryFolder folder;
  const ProgramResult result = run_bitloom(
      {"train", "--network", "resnet20", "--data", "shapes32", "--images", "64", "--epochs", "2",
       "--batch", "16", "--validation-data", "shapes32", "--validation-images", "32",
       "--learning-rate", "1000", "-o", folder.file("run")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("train at a smaller --learning-rate than 1000"), std::string::npos)
      << result.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("run/best.safetensors")));
}

TEST(Calibrate, DoesNotReplaceWhatItReads) {
  expect_refused({"calibrate", "--network", "resnet20", "--weights", kWeights, "--data", "shapes32",
                  "-o", kWeights},
                 kWeights + ": --output would replace what --weights reads");
}

TEST(Verify, NeedsBothForRealTensors) {
  expect_refused(
      {"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--weights", kWeights},
      "--weights and --data: real tensors need both");
}

TEST(Train, MakesNoFolderForWrongOptions) {
  const TemporaryFolder folder;
  const std::string run = folder.file("run");
  expect_refused(
      {"train", "--network", "resnet20", "--data", "shapes32", "--epochs", "0", "-o", run},
      "--epochs '0': must be a whole number in [1, 100000]");
  EXPECT_FALSE(std::filesystem::exists(run));
}

}  // namespace
}  // namespace bitloom::testing
