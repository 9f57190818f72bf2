// Shift hardware through the program.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using testing::run_bitloom;

const testing::ProgramSetting kShiftTerminal{
    .folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns};

nlohmann::json simulated(const Arguments& more) {
  Arguments arguments{"simulate", "--network", "resnet20", "--hardware", "shift-edge",
                      "--bits",   "4/8",       "--json",   "-"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const testing::ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

TEST(Shift, TakesTheSameCyclesByBothEngines) {
  const auto analytic = simulated({}), cycle = simulated({"--engine", "cycle"});
  ASSERT_EQ(analytic["layers"].size(), 20U);
  EXPECT_EQ(analytic["layers"], cycle["layers"]);
  EXPECT_GT(simulated({"--engine", "cycle", "--stalls", "1"})["total"]["cycles"],
            cycle["total"]["cycles"]);
}

TEST(Shift, CountsTilesPassesAndWaitsOfALayer) {
  const auto layer = simulated({})["layers"].back();
  EXPECT_EQ(layer["tiles"], 4) << "64 inputs on 16 rows, 10 filters on 16 columns";
  EXPECT_EQ(layer["selected_tiles"], 1);
  EXPECT_EQ(layer["shift_adds"], (64 + 16) * 10);
}

TEST(Shift, ExplainsItsMappings) {
  const auto result = run_bitloom({"simulate", "--network", "mobilenet_v1", "--hardware",
                                   "shift-edge", "--bits", "4/8", "--explain"},
                                  kShiftTerminal);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  for (const char* part : {"conv_pw_13 4/8", "  tiles ", "  blocks ", "  cycles ", "2nd words"})
    EXPECT_NE(result.out.find(part), std::string::npos) << part;
}

TEST(Shift, IsDescribedWithItsUnitsAsTheySynthesize) {
  const auto result = run_bitloom({"describe", "hardware", "shift-edge"}, kShiftTerminal);
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  EXPECT_NE(result.out.find("49440 LUT, 5760 FF"), std::string::npos) << result.out;
}

TEST(Shift, RefusesWiderWords) {
  testing::expect_refused(
      {"simulate", "--network", "resnet20", "--hardware", "shift-edge", "--bits", "8/8"},
      "layer 'conv1' at 8/8 cannot be mapped onto shift-edge: its words of weights have 2 to 5 "
      "bits (array.weight_bits), not 8");
}

}  // namespace
}  // namespace bitloom
