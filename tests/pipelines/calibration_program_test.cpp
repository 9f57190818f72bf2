// What bitloom-learn is asked for.
#include "pipelines/calibration_program.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using pipelines::arguments_of;
using pipelines::CalibrationRequest;

CalibrationRequest request() {
  return {.network = {.name = "resnet20"},
          .weights = "w.safetensors",
          .data = "shapes32",
          .output = "out.safetensors"};
}

TEST(CalibrationProgram, IsAskedForWhatIsGivenAndNoMore) {
  EXPECT_EQ(arguments_of(request()),
            (Arguments{"calibrate", "--quiet", "--network", "resnet20", "--weights",
                       "w.safetensors", "--data", "shapes32", "-o", "out.safetensors"}));
}

TEST(CalibrationProgram, GetsBitsAndSizesAsItsOptionsReadThem) {
  CalibrationRequest asked = request();
  asked.network.image_size = graph::Extent{40, 48};
  asked.policy = {.bits = graph::Precision{3, 5}, .edge_layers = graph::Precision{8, 8}};
  Arguments arguments = arguments_of(asked);
  EXPECT_EQ(Arguments(arguments.begin() + 10, arguments.end()),
            (Arguments{"--bits", "3/5", "--edge-layers", "8/8", "--image-size", "40x48"}));
  asked.network.image_size = graph::Extent{64, 64};
  asked.policy = {.file = "policy.json"};
  arguments = arguments_of(asked);
  EXPECT_EQ(Arguments(arguments.begin() + 10, arguments.end()),
            (Arguments{"--policy", "policy.json", "--image-size", "64"}));
}

TEST(CalibrationProgram, IsToldWhatChoosesLevels) {
  CalibrationRequest asked = request();
  asked.post_training = "good";
  const Arguments arguments = arguments_of(asked);
  EXPECT_EQ(Arguments(arguments.begin() + 10, arguments.end()), (Arguments{"--ptq", "good"}));
}

TEST(CalibrationProgram, ThatIsNotBesideThisOneIsSaidToBeMissing) {
  const std::string complaint =
      testing::complaint([] { pipelines::calibrate_by_program(request()); });
  EXPECT_NE(complaint.find("/bitloom-learn cannot be started: No such file or directory; it is "
                           "built where LibTorch is found (libtorch-dev)"),
            std::string::npos)
      << complaint;
}

}  // namespace
}  // namespace bitloom
