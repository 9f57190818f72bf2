// Bits of each filter, from their sensitivities to the RTL.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using nlohmann::json;
using Arguments = std::vector<std::string>;

const std::string kWeights = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";

/// `command` on ResNet-20.
ProgramResult run(const std::string& command, Arguments more, bool on_images = false) {
  Arguments arguments{command, "--network", "resnet20"};
  if (on_images)
    for (const std::string& each : Arguments{"--weights", kWeights, "--data", "shapes32"})
      arguments.push_back(each);
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_bitloom(arguments);
}

/// A run's folder of kernel-wise, and what the search printed.
class FilterBits : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProgramResult measured =
        run("sensitivity", {"--images", "8", "--by-filter", "--quantizer", "least-error", "-o", s_},
            true);
    ASSERT_EQ(measured.exit_code, 0) << measured.err;
    const ProgramResult found = search({"-o", folder_.file("run")});
    ASSERT_EQ(found.exit_code, 0) << found.err;
    text_ = found.out;
    policy_ = folder_.file("run") + "/policy.json";
  }
  ProgramResult search(const Arguments& more, bool on_images = false) const {
    Arguments arguments{"--method", "kernel-wise", "--hardware", "bismo-edge",    "--sensitivity",
                        s_,         "--budget",    "size=0.4x",  "--edge-layers", "8/8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run("search", arguments, on_images);
  }

  TemporaryFolder folder_;
  std::string s_ = folder_.file("s.json"), policy_, text_;
};

TEST_F(FilterBits, AreFoundPricedAnsweredAndVerified) {
  const json policy = json::parse(contents(policy_));
  const json layer = policy["layers"][7];
  ASSERT_TRUE(layer["weight_bits"].is_array()) << policy;
  EXPECT_EQ(layer["weight_bits"].size(), 32u);
  EXPECT_EQ(policy["layers"][0]["weight_bits"], 8);
  EXPECT_NE(text_.find("the least, proved"), std::string::npos) << text_;

  const ProgramResult priced =
      run("simulate", {"--hardware", "bismo-edge", "--policy", policy_, "--json", "-"});
  ASSERT_EQ(priced.exit_code, 0) << priced.err;
  const json told = json::parse(contents(folder_.file("run") + "/simulation.json"));
  const json total = json::parse(priced.out)["total"];
  EXPECT_EQ(total["cycles"], told["total"]["cycles"]);
  const json found = json::parse(contents(folder_.file("run") + "/search.json"));
  EXPECT_NEAR(total["latency_ms"], found["cost"]["latency_ms"].get<double>(), 1e-9);

  const ProgramResult compared = run("compare", {"--hardware", "bismo-edge,bismo-cloud",
                                                 "--policies", policy_, "8/8", "--json", "-"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const json first = json::parse(compared.out)["policies"][0];
  EXPECT_EQ(first["costs"][0]["cycles"], total["cycles"]);
  EXPECT_EQ(first["filter_bits"][7], layer["weight_bits"]);

  const Arguments measure{"--policy", policy_, "--ptq", "fast", "--images", "20"};
  Arguments in_integers = measure;
  in_integers.insert(in_integers.end(), {"--engine", "integer"});
  const ProgramResult fake = run("evaluate", measure, true);
  const ProgramResult integer = run("evaluate", in_integers, true);
  ASSERT_EQ(fake.exit_code, 0) << fake.err;
  const auto loss = [](const std::string& text) { return text.substr(text.find("top-1")); };
  EXPECT_EQ(loss(fake.out), loss(integer.out));

  const ProgramResult verified =
      run("verify", {"--hardware", "bismo-edge", "--policy", policy_, "--layers", "layer2.0.conv1"},
          true);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_NE(verified.out.find("\nlayer2.0.conv1["), std::string::npos) << verified.out;
}

TEST_F(FilterBits, AreRefusedWhereLayersHaveOneWidth) {
  const ProgramResult exported =
      run("export", {"--policy", policy_, "--format", "haq", "-o", folder_.file("haq.txt")});
  EXPECT_EQ(exported.exit_code, 2);
  EXPECT_NE(exported.err.find("tells bits by filter"), std::string::npos) << exported.err;
  const ProgramResult measured = search({"-o", folder_.file("other")}, true);
  EXPECT_EQ(measured.exit_code, 2);
  EXPECT_NE(measured.err.find("kernel-wise: gives each filter its own bits"), std::string::npos)
      << measured.err;
  const ProgramResult whole = run(
      "sensitivity",
      {"--images", "8", "--method", "trace", "--by-filter", "-o", folder_.file("t.json")}, true);
  EXPECT_EQ(whole.exit_code, 2);
  EXPECT_NE(whole.err.find("--by-filter: trace measures no filters"), std::string::npos)
      << whole.err;
}

}  // namespace
}  // namespace bitloom::testing
