// Networks of learned levels in integers, from calibration to the RTL.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using nlohmann::json;
using Arguments = std::vector<std::string>;

class LearnedLevels : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    calibrate({"--quantizer", "lq-nets", "--bits", "2/2", "--edge-layers", "8/8"}, "two");
    calibrate({"--quantizer", "weights=ttq,activations=lq-nets", "--bits", "2/3"}, "ternary");
  }

  static ProgramResult run(const std::string& command, const std::string& weights, Arguments more) {
    Arguments arguments{command, "--network", "resnet20", "--weights", weights};
    if (command != "export") arguments.insert(arguments.end(), {"--data", "shapes32"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_bitloom(arguments);
  }
  static void calibrate(Arguments how, const std::string& name) {
    how.insert(how.end(), {"-o", file(name)});
    const ProgramResult result =
        run("calibrate", BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors", how);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  static std::string file(const std::string& name) { return folder().file(name + ".safetensors"); }
  static TemporaryFolder& folder() {
    static TemporaryFolder kept;
    return kept;
  }
  static ProgramResult verify(const std::string& name, Arguments more) {
    more.insert(more.begin(), {"--hardware", "bismo-edge"});
    return run("verify", file(name), more);
  }
};

double top1(const ProgramResult& result) {
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return json::parse(result.out)["top1_pct"].get<double>();
}

TEST_F(LearnedLevels, AnswerInIntegersAsWithRealCoefficients) {
  const Arguments how{"--images", "200", "--json", "-"};
  Arguments in_integers = how;
  in_integers.insert(in_integers.end(), {"--engine", "integer"});
  EXPECT_NEAR(top1(run("evaluate", file("two"), how)),
              top1(run("evaluate", file("two"), in_integers)), 6);
}

TEST_F(LearnedLevels, RunThroughTheRtl) {
  for (const char* name : {"two", "ternary"}) {
    const ProgramResult result =
        verify(name, {"--layers", "0-1,13", "--set", "coefficients=fixed_point"});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_NE(result.out.find("PASS: 3 of 3 layers pass"), std::string::npos) << result.out;
    const bool tells = result.err.find(
                           "layer 'conv1' runs with 4 activation bits, one more than "
                           "simulate counts: ") != std::string::npos;
    EXPECT_EQ(tells, std::string(name) == "ternary") << result.err;
    EXPECT_EQ(result.out.find("the bits W/A of these layers") != std::string::npos, tells)
        << result.out;
    EXPECT_EQ(result.err.find("is not used"), std::string::npos) << result.err;
  }
}

TEST_F(LearnedLevels, AreRefusedWhereNothingMultipliesByTheirCoefficients) {
  EXPECT_EQ(verify("two", {}).err,
            "layer 'layer1.0.conv1' has learned levels, and the hardware shifts; --set "
            "coefficients=fixed_point multiplies by their coefficients\n");
  const ProgramResult narrow = verify(
      "two",
      {"--layers", "1-2", "--set", "coefficients=fixed_point", "--set", "coefficient_bits=7"});
  EXPECT_EQ(narrow.exit_code, 2);
  EXPECT_NE(narrow.err.find("; --set coefficient_bits=8 holds them, and the hardware has 7\n"),
            std::string::npos)
      << narrow.err;
  const ProgramResult exported = run("export", file("two"), {"--format", "qonnx", "-o", "x.onnx"});
  EXPECT_EQ(exported.exit_code, 2);
  EXPECT_EQ(exported.err,
            file("two") +
                ": layer 'layer1.0.conv1' has learned levels, which are no multiples of a step as "
                "qonnx and qdq need; --format onnx writes it in single precision\n");
}

}  // namespace
}  // namespace bitloom::testing
