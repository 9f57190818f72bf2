#include "pipelines/weights_choice.h"

#include <gtest/gtest.h>

#include "models/weights/safetensors.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

TEST(WeightsChoice, LeavesTheClassesOfAFileOfOnnxAloneWithoutReadingIt) {
  const pipelines::NetworkChoice choice{.name = "absent.onnx"};
  EXPECT_EQ(pipelines::with_classes_of(choice, std::string("absent.onnx")).classes, std::nullopt);
}

TEST(WeightsChoice, NamesAFileOfOnnxWhereSafetensorsAreWanted) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("m.onnx", "anything at all");
  EXPECT_EQ(testing::complaint([&] { weights::TensorFile::load(path); }),
            path + ": a file of ONNX, not a safetensors file");
}

}  // namespace
}  // namespace bitloom
