// `finetune --widths`: one training, and then any of its bits for every layer.
#include <gtest/gtest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/support/complaint.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Arguments = std::vector<std::string>;
using nlohmann::json;

/// ResNet-20, trained for two steps at 8/8 and 4/4.
class TrainedWidths : public ::testing::Test {
 protected:
  static ProgramResult finetune(const std::string& run, const std::string& weights,
                                const std::string& widths) {
    return run_bitloom({"finetune", "--network",
                        "resnet20", "--weights",
                        weights,    "--data",
                        "shapes32", "--images",
                        "64",       "--batch",
                        "32",       "--epochs",
                        "1",        "--validation-data",
                        "shapes32", "--validation-images",
                        "20",       "--edge-layers",
                        "8/8",      "--quantizer",
                        "lsq",      "--widths",
                        widths,     "-o",
                        run});
  }

  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    trained_ = finetune(folder_->file("run"), kWeights, "8/8,4/4");
    ASSERT_EQ(trained_.exit_code, 0) << trained_.err;
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string weights() { return folder_->file("run/best.safetensors"); }

  static ProgramResult run(const std::string& command, const Arguments& more) {
    Arguments all{command, "--network", "resnet20", "--weights", weights(), "--data", "shapes32"};
    all.insert(all.end(), more.begin(), more.end());
    return run_bitloom(all);
  }

  /// The layers of ResNet-20 at 4/4, of one layer half of the filters at 8 bits.
  static json filters_of_one_layer() {
    const ProgramResult described = run_bitloom({"describe", "network", "resnet20", "--json", "-"});
    json layers = json::array();
    const json network = json::parse(described.out);
    for (const json& layer : network["layers"])
      layers.push_back({{"name", layer["name"]}, {"weight_bits", 4}, {"activation_bits", 4}});
    layers[1]["weight_bits"] = {{"4", 8}, {"8", 8}};
    return layers;
  }

  static json evaluated(Arguments how) {
    how.insert(how.end(), {"--images", "20", "--json", "-"});
    const ProgramResult result = run("evaluate", how);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out);
  }

  static constexpr const char* kWeights =
      BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";
  static TemporaryFolder* folder_;
  static ProgramResult trained_;
};
TemporaryFolder* TrainedWidths::folder_ = nullptr;
ProgramResult TrainedWidths::trained_;

TEST_F(TrainedWidths, AreToldAndRunAsTheyWereTrained) {
  EXPECT_NE(trained_.out.find("at 8/8: validation top-1 "), std::string::npos) << trained_.out;
  EXPECT_NE(trained_.out.find("at 4/4: validation top-1 "), std::string::npos) << trained_.out;
  const json fake = evaluated({"--bits", "4/4", "--edge-layers", "8/8"});
  EXPECT_EQ(fake["quantization"]["quantizer"], "lsq");
  EXPECT_FALSE(fake.contains("calibration"));
  const json integer = evaluated({"--bits", "4/4", "--edge-layers", "8/8", "--engine", "integer"});
  EXPECT_EQ(fake["loss"], integer["loss"]);
  EXPECT_NE(fake["loss"], evaluated({"--bits", "8/8"})["loss"]);
}

TEST_F(TrainedWidths, RefuseOtherLevelsBeforeAnyImageIsRead) {
  for (const Arguments& how : {Arguments{"--bits", "4/4"}, Arguments{"--policies", "some.json"}}) {
    Arguments all{"evaluate",
                  "--network",
                  "resnet20",
                  "--weights",
                  folder_->file("run/best.safetensors"),
                  "--data",
                  "images:none.csv",
                  "--ptq",
                  "good"};
    all.insert(all.end(), how.begin(), how.end());
    const ProgramResult result = run_bitloom(all);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find("widths by quantizer lsq; leave out --quantizer, --granularity and "
                              "--ptq"),
              std::string::npos)
        << result.err;
  }
}

TEST_F(TrainedWidths, MixByLayerAndGoToAFileOfOnePolicy) {
  json mixed = json::array();
  for (int layer = 0; layer < 20; ++layer)
    mixed.push_back(layer % 3 == 1 ? json{4, 8} : json{8, layer % 2 == 0 ? 8 : 4});
  mixed.front() = mixed.back() = {8, 8};
  const std::string policy = folder_->write("mixed.json", mixed.dump());
  const json one = evaluated({"--policy", policy});
  EXPECT_EQ(evaluated({"--policies", policy})["policies"][0]["loss"], one["loss"]);
  const std::string chosen = folder_->file("chosen.safetensors");
  const ProgramResult calibrated = run("calibrate", {"--policy", policy, "-o", chosen});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  const ProgramResult alone = run_bitloom({"evaluate", "--network", "resnet20", "--weights", chosen,
                                           "--data", "shapes32", "--images", "20", "--json", "-"});
  EXPECT_EQ(json::parse(alone.out)["loss"], one["loss"]);
}

TEST_F(TrainedWidths, AreMeasuredBySearches) {
  const ProgramResult searched = run("search", {"--hardware",
                                                "bismo-edge",
                                                "--method",
                                                "random",
                                                "--budget",
                                                "latency=0.8x",
                                                "--weight-bits",
                                                "4,8",
                                                "--activation-bits",
                                                "4,8",
                                                "--edge-layers",
                                                "8/8",
                                                "--episodes",
                                                "2",
                                                "--reward-images",
                                                "20",
                                                "--final-images",
                                                "20",
                                                "-o",
                                                folder_->file("searched")});
  EXPECT_EQ(searched.exit_code, 0) << searched.err;
}

TEST_F(TrainedWidths, RefuseOtherBitsAndOtherQuantizers) {
  const auto complaint = [](const ProgramResult& result) {
    EXPECT_EQ(result.exit_code, 2);
    return without(result.err, folder_->path().string() + "/");
  };
  EXPECT_EQ(complaint(run("evaluate", {"--bits", "3/4", "--edge-layers", "8/8"})),
            "run/best.safetensors: was not trained with 3/4 at layer 'layer1.0.conv1'; its widths "
            "have 8/8, 4/4\n");
  EXPECT_EQ(complaint(run("search", {"--hardware", "bismo-edge", "--method", "autoq",
                                     "--weight-bits", "4,8", "--activation-bits", "4,8", "--budget",
                                     "latency=0.8x", "-o", folder_->file("again")})),
            "run/best.safetensors: was trained at widths of whole layers, and autoq gives each "
            "filter its own; --bits-by layer would be right\n");
  const std::string by_filter = folder_->write(
      "filters.json", json{{"network", "resnet20"}, {"layers", filters_of_one_layer()}}.dump());
  for (const char* option : {"--policy", "--policies"})
    EXPECT_EQ(complaint(run("evaluate", {option, by_filter, "--images", "20"})),
              "run/best.safetensors: was trained at widths of whole layers, and the policy gives "
              "filters bits of their own\n")
        << option;
  EXPECT_NE(complaint(run("evaluate", {"--policy", by_filter, "--outputs", by_filter}))
                .find("--outputs would replace"),
            std::string::npos);
  EXPECT_NE(complaint(finetune(folder_->file("run"), kWeights, "8/8,4/4,2/2"))
                .find("the run there has widths 2, not 3"),
            std::string::npos);
  EXPECT_EQ(complaint(run("search", {"--hardware", "bismo-edge", "--method", "random", "--budget",
                                     "latency=0.8x", "--edge-layers", "8/8", "--episodes", "2",
                                     "-o", folder_->file("other")})),
            "run/best.safetensors: was trained with 4, 8 bits of the weights of layer "
            "'layer1.0.conv1', and the search may choose 2; --weight-bits 4,8 would be right\n");
  EXPECT_EQ(complaint(run("evaluate", {"--ptq", "fast"})),
            "run/best.safetensors: was trained at 2 widths by quantizer lsq; leave out "
            "--quantizer, --granularity and --ptq\n");
  EXPECT_EQ(complaint(finetune(folder_->file("again"), weights(), "8/8,4/4")),
            "run/best.safetensors: was stored quantized; --widths starts from weights in single "
            "precision\n");
  EXPECT_EQ(complaint(finetune(folder_->file("again"), kWeights, "8/8")),
            "--widths 8/8: must be two pairs of bits at least; --bits takes one\n");
  EXPECT_EQ(complaint(finetune(folder_->file("again"), kWeights, "8/8,4/4,8/8")),
            "--widths: 8/8 is there twice\n");
  EXPECT_FALSE(std::filesystem::exists(folder_->file("again")));
}

}  // namespace
}  // namespace bitloom::testing
