// What evaluate refuses by its arguments and its files' headers alone.
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

const std::string kEarlyWeights =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

std::vector<std::string> evaluating_early(const std::vector<std::string>& more) {
  std::vector<std::string> all{"evaluate", "--network", "resnet20",  "--data",     "shapes32",
                               "--images", "8",         "--weights", kEarlyWeights};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(EarlyRefusals, NeedNoImage) {
  const std::vector<std::string> images{"--calibration-data", "images:none.csv"};
  const auto calibrating = [&](std::vector<std::string> more) {
    more.insert(more.end(), images.begin(), images.end());
    return evaluating_early(more);
  };
  expect_refused(calibrating({"--bits", "16/16"}),
                 kEarlyWeights +
                     ": layer 'conv1' at 16/16: a sum of 27 products needs 37 accumulator bits, "
                     "32 are available");
  expect_refused(calibrating({"--quantizer", "kmeans", "--engine", "integer"}),
                 "--engine integer: the levels of quantizer kmeans are neither multiples of one "
                 "step nor sums of planes");
  expect_refused(calibrating({"--bits", "4/32", "--engine", "integer"}),
                 "--engine integer: activations of 'conv1' are single precision");
  const std::vector<std::string> nowhere{"evaluate",        "--network", "resnet20",   "--data",
                                         "images:none.csv", "--weights", kEarlyWeights};
  const auto of_nothing = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = nowhere;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  expect_refused(of_nothing({"--quantizer", "uniform", "--ptq", "good"}),
                 "--ptq chooses the levels of weights=least-error, not of uniform; --quantizer "
                 "least-error, or none, would be right");
  expect_refused(of_nothing({"--policies", "none.json"}), "none.json: no such file");
  const TemporaryFolder folder;
  std::string pairs = "[16,16]";
  for (int layer = 1; layer < 20; ++layer) pairs += ",[4,4]";
  const std::string wide = folder.write("wide.json", "[" + pairs + "]");
  expect_refused(of_nothing({"--policies", wide}),
                 wide + ": " + kEarlyWeights +
                     ": layer 'conv1' at 16/16: a sum of 27 products needs 37 accumulator bits, "
                     "32 are available");
}

}  // namespace
}  // namespace bitloom::testing
