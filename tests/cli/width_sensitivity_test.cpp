// Sensitivities that are measured at each width, from the command to a search.
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using nlohmann::json;

ProgramResult measure_widths(const std::string& method, const std::string& output,
                             const std::vector<std::string>& more = {},
                             const std::string& least_bits = "7") {
  std::vector<std::string> arguments{"sensitivity",
                                     "--method",
                                     method,
                                     "--network",
                                     "resnet20",
                                     "--weights",
                                     BITLOOM_SOURCE_DIR
                                     "/models/trained/resnet20-shapes32.safetensors",
                                     "--data",
                                     "shapes32",
                                     "--images",
                                     "4",
                                     "--least-bits",
                                     least_bits,
                                     "-o",
                                     output};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_bitloom(arguments);
}

ProgramResult search_among(const std::string& bits, const std::string& sensitivity) {
  return run_bitloom({"search", "--method", "hawq-v3", "--network", "resnet20", "--hardware",
                      "bismo-edge", "--sensitivity", sensitivity, "--weight-bits", bits,
                      "--activation-bits", bits, "--budget", "latency=0.95x"});
}

TEST(WidthSensitivity, OfEachMethodIsWhatASearchGoesBy) {
  const TemporaryFolder folder;
  for (const std::string method : {"divergence", "measured", "sqnr", "gradient"}) {
    const std::string file = folder.file(method + ".json");
    const ProgramResult measured = measure_widths(method, file);
    ASSERT_EQ(measured.exit_code, 0) << measured.err;
    const char* effort = method == "gradient" ? "\n4 images in " : "\n80 evaluations in ";
    EXPECT_NE(measured.out.find(effort), std::string::npos) << measured.out;
    const json found = json::parse(contents(file));
    EXPECT_EQ(found["measured_on"]["augmentation"], "crop");
    const json input = found["layers"][3]["activations"];
    const double change = input["change"]["7"], error = input["change_error"]["7"];
    EXPECT_DOUBLE_EQ(input["omega"]["7"], std::max(change, 0.0) + 2 * error);
    const ProgramResult searched = search_among("7,8", file);
    EXPECT_EQ(searched.exit_code, 0) << searched.err;
    EXPECT_NE(searched.out.find("omega by " + method), std::string::npos) << searched.out;
  }
  const ProgramResult narrow = search_among("2,8", folder.file("sqnr.json"));
  EXPECT_EQ(narrow.exit_code, 2);
  EXPECT_NE(
      narrow.err.find("layer 'conv1': the sensitivity file has no omega of weights at 2 bits"),
      std::string::npos)
      << narrow.err;
}

TEST(WidthSensitivity, TakesImagesAsTheyAreWhereAsked) {
  const TemporaryFolder folder;
  const std::string file = folder.file("s.json");
  ASSERT_EQ(measure_widths("sqnr", file, {"--augment", "none"}).exit_code, 0);
  EXPECT_FALSE(json::parse(contents(file))["measured_on"].contains("augmentation"));
}

/// The change that the weights of all layers at 2 bits make, one layer at a time.
double change_by_weights(const json& found) {
  double sum = 0;
  for (const json& layer : found["layers"]) sum += layer["weights"]["change"]["2"].get<double>();
  return sum;
}

TEST(WidthSensitivity, OfChosenLevelsIsLess) {
  const TemporaryFolder folder;
  const auto measured = [&](const std::vector<std::string>& how) {
    const std::string file = folder.file("s.json");
    std::vector<std::string> more{"--most-bits", "2"};
    more.insert(more.end(), how.begin(), how.end());
    const ProgramResult result = measure_widths("sqnr", file, more, "2");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(contents(file));
  };
  const json rounded = measured({"--quantizer", "least-error"});
  const json fast = measured({"--ptq", "fast"}), good = measured({"--ptq", "good"});
  EXPECT_EQ(good["quantizer"], "least-error with gptq");
  EXPECT_LT(change_by_weights(fast), change_by_weights(rounded));
  EXPECT_LT(change_by_weights(good), 0.5 * change_by_weights(rounded));
}

}  // namespace
}  // namespace bitloom::testing
