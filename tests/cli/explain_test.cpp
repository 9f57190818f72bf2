// `simulate --explain` and `--energy-table` through the program.
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/support/resnet20_command.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::expect_refused;
using testing::run_bitloom;

Arguments simulate(const std::string& hardware, const Arguments& more) {
  return testing::on_resnet20("simulate", hardware, more);
}

Json simulated(const std::string& hardware, const Arguments& more) {
  return testing::json_on_resnet20("simulate", hardware, more);
}

TEST(Explain, TellsOfLimitsRooflinesAndSensitivityIn80Columns) {
  for (const char* hardware : {"bismo-edge-rtl", "bismo-cloud"})
    for (const char* engine : {"analytic", "cycle"}) {
      const auto result =
          run_bitloom({"simulate", "--network", "mobilenet_v2", "--hardware", hardware, "--bits",
                       "4/4", "--explain", "--engine", engine, "--batch", "1"},
                      {.folder = ".",
                       .environment = {},
                       .output = testing::StandardOutput::kTerminalOf80Columns});
      EXPECT_EQ(result.exit_code, 0) << result.err;
      EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
      for (const char* part :
           {"limits of each layer", "bound by", "%roof", "one limit lifted at a time",
            "operand fetch", "sensitivity", "popcount_bit_pj"})
        EXPECT_NE(result.out.find(part), std::string::npos) << part;
    }
}

TEST(Explain, SaysWhatBecomesOfTheEnergiesWithAChange) {
  const testing::TemporaryFolder folder;
  const std::string machine =
      "family: bismo\narray: {dm: 8, dk: 64, dn: 8}\n"
      "buffers: {activation_words: 1024, weight_words: 1024}\n"
      "ports: {activation_bits: 64, weight_bits: 64}\nclock_mhz: 200\n";
  folder.write("none.yaml", machine);
  folder.write("some.yaml",
               machine + "energy: {popcount_bit_pj: {value: 0.4, source: measured}}\n");
  const auto says = [&](const std::string& hardware, const std::string& part) {
    const auto result = run_bitloom(simulate(hardware, {"--explain"}));
    std::string words = result.out;
    std::replace(words.begin(), words.end(), '\n', ' ');
    EXPECT_NE(words.find(part), std::string::npos) << result.out << result.err;
  };
  says("bismo-edge",
       "several. Energies of an action and static power stay as the file has them; of");
  says(folder.file("none.yaml"),
       "several. Energies of an action and static power, which the file does not give, are scaled "
       "to the size of each machine; of the chip");
  says(folder.file("some.yaml"),
       "static_mw, which the file does not give, are scaled to the size "
       "of each machine; the others stay as it has them; of the chip");
}

TEST(Explain, IsInTheJsonToo) {
  for (const char* engine : {"analytic", "cycle"}) {
    const Json json = simulated("bismo-edge-rtl", {"--explain", "--engine", engine});
    Json sums = Json::object();
    for (const Json& layer : json["layers"]) {
      EXPECT_TRUE(layer["bound_by"].is_string());
      EXPECT_LE(layer["roofline"]["attained_gbops"].get<double>(),
                layer["roofline"]["ceiling_gbops"].get<double>() * (1 + 1e-12));
      EXPECT_NEAR(layer["roofline"]["bops_per_byte"].get<double>(),
                  layer["bops"].get<double>() / layer["dram_bytes"].get<double>(), 0.1);
      for (const auto& [lift, cycles] : layer["lifted_cycles"].items())
        sums[lift] = sums.value(lift, std::int64_t{0}) + cycles.get<std::int64_t>();
    }
    EXPECT_EQ(sums, json["lifted_cycles"]);
    EXPECT_GE(sums.size(), 7U);
    double energy = 0;
    for (const Json& each : json["sensitivity"]) energy += each["energy"].get<double>();
    EXPECT_NEAR(energy, 1, 1e-6);
  }
  EXPECT_FALSE(simulated("bismo-edge", {}).contains("sensitivity"));
}

TEST(Power, IsEnergyOverTimeAndPartsAddUpToTotals) {
  for (const char* hardware : {"bismo-edge", "bismo-cloud-rtl", "bitfusion-edge-real"})
    for (const char* engine : {"analytic", "cycle"}) {
      const Json json = simulated(hardware, {"--bits", "4/6", "--engine", engine, "--batch", "1"});
      double picojoules = 0;
      for (const Json& layer : json["layers"]) {
        double of_layer = 0;
        for (const Json& part : layer["energy_pj"]) of_layer += part.get<double>();
        picojoules += of_layer;
        EXPECT_NEAR(layer["power_mw"].get<double>() * layer["latency_ms"].get<double>(),
                    of_layer * 1e-6, of_layer * 1e-15)
            << "mW x ms = uJ";
      }
      const Json& total = json["total"];
      EXPECT_NEAR(total["energy_mj"].get<double>(), picojoules * 1e-9, picojoules * 1e-18);
      EXPECT_NEAR(total["power_mw"].get<double>() * total["latency_ms"].get<double>(),
                  picojoules * 1e-6, picojoules * 1e-15);
    }
}

TEST(EnergyTableOption, ChangesEnergiesByTheSensitivityAndNoLatency) {
  const testing::TemporaryFolder folder;
  for (const char* hardware : {"bismo-edge", "bitfusion-edge-real"}) {
    const Json before = simulated(hardware, {"--explain"});
    const std::string file =
        folder.write("t.yaml", "energy:\n  dram_bit_pj: {value: 52.2, source: twice as much}\n");
    const Json after = simulated(hardware, {"--energy-table", file});
    EXPECT_EQ(after["energy_table"], file);
    EXPECT_FALSE(before.contains("energy_table"));
    EXPECT_EQ(after["total"]["cycles"], before["total"]["cycles"]);
    EXPECT_NEAR(after["total"]["energy_mj"].get<double>(),
                before["total"]["energy_mj"].get<double>() *
                    (1 + before["sensitivity"]["dram_bit_pj"]["energy"].get<double>()),
                1e-6 * before["total"]["energy_mj"].get<double>());
  }
}

TEST(EnergyTableOption, IsRefusedInOneLine) {
  const testing::TemporaryFolder folder;
  folder.write("t.yaml", "energy:\n  dram_bit_pj: {value: x, source: s}\n");
  expect_refused(simulate("bismo-edge", {"--energy-table", "t.yaml"}),
                 "t.yaml:2:24: energy.dram_bit_pj.value: must be a number, got 'x'",
                 {.folder = folder.path().string(), .environment = {}});
  expect_refused(simulate("bismo-edge", {"--energy-table", "none.yaml"}),
                 "none.yaml: no such file");
  folder.write("empty.yaml", "energy: {}\n");
  expect_refused(simulate("bismo-edge", {"--energy-table", "empty.yaml"}),
                 "empty.yaml:1:1: gives no energy constant; must be energy: {NAME: {value: ..., "
                 "source: ...}}",
                 {.folder = folder.path().string(), .environment = {}});
}

}  // namespace
}  // namespace bitloom
