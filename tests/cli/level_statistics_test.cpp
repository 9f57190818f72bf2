// `evaluate --statistics`: how levels lie over values, and the report that draws it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "models/weights/safetensors.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Arguments = std::vector<std::string>;
using nlohmann::json;

const std::string kTrained = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";
constexpr const char* kLooked = "layer1.0.conv1";

class LevelStatistics : public ::testing::Test {
 protected:
  ProgramResult evaluate(const Arguments& more) {
    Arguments all{"evaluate", "--network", "resnet20", "--weights", kTrained,
                  "--data",   "shapes32",  "--images", "20"};
    all.insert(all.end(), more.begin(), more.end());
    return run_bitloom(all);
  }

  /// Of kLooked, quantized so.
  json layer(Arguments how) {
    const std::string file = folder_.file("statistics.json");
    how.insert(how.end(), {"--statistics", file});
    const ProgramResult result = evaluate(how);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json told = json::parse(contents(file));
    EXPECT_EQ(told["images"], 20);
    EXPECT_EQ(told["layer_statistics"].size(), 20U);
    for (const json& each : told["layer_statistics"])
      if (each["name"] == kLooked) return each;
    return {};
  }

  TemporaryFolder folder_;
};

double sum(const json& shares, const char* member = nullptr) {
  return std::accumulate(shares.begin(), shares.end(), 0.0, [&](double all, const json& share) {
    return all + (member ? share[member] : share).get<double>();
  });
}

/// Weights by min-max with one scale: s = max |w| / (2^(b-1) - 1), q = s round(w / s).
TEST_F(LevelStatistics, OfWeightsAreThoseOfTheirRounding) {
  const json told =
      layer({"--bits", "3/4", "--quantizer", "uniform", "--granularity", "layer"})["weights"];
  const auto file = weights::TensorFile::load(kTrained);
  const std::vector<float> values = file.tensor(std::string(kLooked) + ".weight").values;
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  const double scale = static_cast<double>(largest) / 3;
  std::map<int, double> share_of_code;
  double signal = 0, noise = 0;
  const double share = 100 / static_cast<double>(values.size());
  for (const float value : values) {
    const int code = static_cast<int>(std::nearbyint(value / scale));
    share_of_code[code] += share;
    signal += std::pow(static_cast<double>(value), 2);
    noise += std::pow(value - code * scale, 2);
  }
  EXPECT_EQ(told["values"], values.size());
  EXPECT_NEAR(told["zero_pct"].get<double>(), share_of_code[0], 1e-9);
  EXPECT_NEAR(told["sqnr_db"].get<double>(), 10 * std::log10(signal / noise), 1e-4);
  EXPECT_EQ(told["beyond_pct"], 0) << "min-max clips nothing";
  EXPECT_EQ(told["unit"], "value");
  ASSERT_EQ(told["levels"].size(), share_of_code.size());
  auto code = share_of_code.begin();
  for (const json& level : told["levels"]) {
    EXPECT_NEAR(level["level"].get<double>(), code->first * scale, 1e-6);
    EXPECT_NEAR(level["share_pct"].get<double>(), (code++)->second, 1e-9);
  }
  EXPECT_NEAR(sum(told["histogram"]["share_pct"]), 100, 1e-9);
  EXPECT_NEAR(told["histogram"]["to"].get<double>(),
              *std::max_element(values.begin(), values.end()), 1e-9);
}

TEST_F(LevelStatistics, OfFiltersWithScalesOfTheirOwnAreInSteps) {
  const json told = layer({"--bits", "3/4", "--quantizer", "least-error"});
  EXPECT_EQ(told["weights"]["unit"], "step");
  for (const json& level : told["weights"]["levels"])
    EXPECT_EQ(level["level"], std::round(level["level"].get<double>()));
  EXPECT_GT(told["weights"]["beyond_pct"], 0) << "least error clips";
  const json uniform = layer({"--bits", "8/8", "--quantizer", "uniform"});
  EXPECT_EQ(uniform["weights"]["beyond_pct"], 0) << "min-max clips nothing";
  const json& activations = told["activations"];
  EXPECT_EQ(activations["unit"], "value");
  EXPECT_EQ(activations["levels"].size(), 16U);
  EXPECT_EQ(activations["levels"][0]["level"], 0);
  EXPECT_NEAR(sum(activations["levels"], "share_pct"), 100, 1e-9);
  EXPECT_NEAR(activations["zero_pct"].get<double>(),
              activations["levels"][0]["share_pct"].get<double>(), 1e-9);
}

TEST_F(LevelStatistics, OfLearnedLevelsOfEachFilterAreNoLevelsOfTheLayer) {
  const json told = layer({"--bits", "2/2", "--quantizer", "lq-nets"});
  EXPECT_TRUE(told["weights"]["levels"].empty());
  EXPECT_EQ(told["activations"]["levels"].size(), 4U);
}

TEST_F(LevelStatistics, AreDrawnByReport) {
  layer({"--bits", "3/4"});
  const ProgramResult result = run_bitloom({"report", folder_.file("statistics.json"), "-o",
                                            folder_.file("r.html"), "--csv", folder_.file("csv")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(contents(folder_.file("r.html")).find("Levels over the values"), std::string::npos);
  EXPECT_EQ(contents(folder_.file("csv/zeros.csv"))
                .rfind("index,layer,weights_zero_pct,activations_zero_pct\n1,conv1,", 0),
            0U);
}

TEST_F(LevelStatistics, AreRefusedWhereThereAreNone) {
  const std::string file = folder_.file("s.json");
  const ProgramResult single = evaluate({"--float", "--statistics", file});
  EXPECT_EQ(single.exit_code, 2);
  EXPECT_EQ(single.err,
            "--float and --statistics: single precision has no levels; leave one out\n");
  const ProgramResult many = evaluate({"--policies", "none.json", "--statistics", file});
  EXPECT_EQ(many.err, "--policies: leave out --statistics, which are those of one policy\n");
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace bitloom::testing
