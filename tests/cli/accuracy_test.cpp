// Accuracies of published weights, on real images: skipped where there are none.
#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/support/data_folder.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

/// Top-1 with PyTorch 1.13 on the same images, as the data's README says.
struct Published {
  const char* network;
  const char* weights;
  const char* images;
  const char* others;  // images to calibrate on
  const char* split;   // of which
  double top1_pct;
};

constexpr const char* kCifar = "cifar10:{}/cifar10_lossless/test_0000_0999.bin";
constexpr const char* kSample = "images:{}/imagenet_sample/labels.csv";

constexpr const char* kTraining = "cifar10:{}/cifar10_lossless/train_subset.bin";
constexpr const char* kTrainingSplit = "{}/splits/lossless_train_calib_1000.txt";
constexpr const char* kSampleSplit = "{}/splits/imagenet_calib_200.txt";

const Published kPublished[] = {
    {"resnet20", "resnet20_cifar10", kCifar, kTraining, kTrainingSplit, 91.5},
    {"resnet56", "resnet56_cifar10", kCifar, kTraining, kTrainingSplit, 92.6},
    {"mobilenet_v1_0.75", "mobilenet_v1_0.75_224_imagenet", kSample, kSample, kSampleSplit, 85.9},
    {"squeezenet_v1.1", "squeezenet_v1.1_imagenet", kSample, kSample, kSampleSplit, 61.3},
    {"mobilenet_v2", "tf2_mobilenet_v2_1.0_224_ptq_imagenet", kSample, kSample, kSampleSplit, 89.2},
};

std::string in_data(std::string text) {
  const auto at = text.find("{}");
  return at == std::string::npos ? text : text.replace(at, 2, data_folder()->string());
}

class SlowAccuracy : public ::testing::TestWithParam<Published> {
 protected:
  void SetUp() override {
    if (!data_folder()) GTEST_SKIP() << "no real weights and images here (BITLOOM_DATA names them)";
  }

  static double top1(const std::vector<std::string>& how) {
    const Published& p = GetParam();
    std::vector<std::string> arguments{
        "evaluate",
        "--network",
        p.network,
        "--weights",
        in_data(std::string("{}/weights/") + p.weights + ".safetensors"),
        "--data",
        in_data(p.images),
        "--json",
        "-"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const ProgramResult result = run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const double top1_pct = nlohmann::json::parse(result.out)["top1_pct"];
    RecordProperty("top1_pct", fmt::format("{:.1f}", top1_pct));
    return top1_pct;
  }
};

TEST_P(SlowAccuracy, InSinglePrecisionIsPyTorchs) {
  EXPECT_NEAR(top1({"--float"}), GetParam().top1_pct, 0.3);
}

TEST_P(SlowAccuracy, AtEightBitsIsWithinHalfAPointOfSinglePrecision) {
  EXPECT_NEAR(top1({"--bits", "8/8"}), GetParam().top1_pct, 0.5);
}

TEST_P(SlowAccuracy, AtEightBitsCalibratedOnOtherImagesIsWithinHalfAPointOfSinglePrecision) {
  EXPECT_NEAR(top1({"--bits", "8/8", "--calibration-data", in_data(GetParam().others),
                    "--calibration-split", in_data(GetParam().split)}),
              GetParam().top1_pct, 0.5);
}

INSTANTIATE_TEST_SUITE_P(Of, SlowAccuracy, ::testing::ValuesIn(kPublished), [](const auto& info) {
  std::string name = info.param.network;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace bitloom::testing
