#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/graph/zoo/zoo.h"
#include "tests/support/run_program.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Json = nlohmann::json;
using testing::run_bitloom;
const testing::ProgramSetting kTerminal{
    .folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns};

TEST(DescribeNetwork, TakesAnotherNumberOfClasses) {
  const Json json = Json::parse(
      run_bitloom({"describe", "network", "resnet18", "--classes", "100", "--json", "-"}).out);
  EXPECT_EQ(json["layers"].back()["out_channels"], 100);
  EXPECT_EQ(json["parameters"], 11'689'512 - 900 * 513);
  testing::expect_refused({"describe", "network", "resnet18", "--classes", "0"},
                          "--classes '0': must be a whole number in [1, 1048576]");
  testing::expect_refused({"describe", "network", "model.onnx", "--classes", "3"},
                          "--classes: goes with bitloom's own networks; model.onnx has its own");
  testing::expect_refused({"describe", "network", "retinanet_r50", "--classes", "3"},
                          "network retinanet_r50: is no classifier, whose last layer has an output "
                          "for each class; leave out the number of classes");
}

TEST(DescribeHardware, FitsEightyColumns) {
  for (const std::string& name : hardware::hardware_names(testing::kHardwareFolder)) {
    const auto result = run_bitloom({"describe", "hardware", name}, kTerminal);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), std::vector<std::string>{});
  }
}

TEST(DescribeHardware, PrintsPeakBuffersAndEveryKnobWithItsRange) {
  const std::string text = run_bitloom({"describe", "hardware", "bismo-edge"}).out;
  for (const char* part : {"6.55 binary TOPS", "128 BRAM36", "array.dm", "(1 to 1024)", "clock_mhz",
                           "timing.accumulator_bits", "energy.dram_bit_pj", "source: "})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(DescribeHardware, PrintsTheAreaOfTheRtlBesideBismos) {
  // 64 x (2.04 x 256 + 109) = 40399; 64 x (2.876 x 256 + 5.375 x 32 - 18.1) = 56970.
  const std::string text = run_bitloom({"describe", "hardware", "bismo-edge"}).out;
  for (const char* part : {"40399 LUT (BISMO: 2.04 dk + 109 each)", "56970 LUT, 4700 FF",
                           "Yosys 0.23", "residuals -22.0 to +27.1"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(text.find("extrapolated"), std::string::npos);
}

TEST(DescribeHardware, SaysWhereItsAreaIsExtrapolated) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("wide.yaml",
                                        "family: bismo\n"
                                        "array: {dm: 8, dk: 257, dn: 8}\n"
                                        "buffers: {activation_words: 16, weight_words: 16}\n"
                                        "ports: {activation_bits: 64, weight_bits: 64}\n"
                                        "clock_mhz: 200\n");
  const auto result = run_bitloom({"describe", "hardware", file});
  EXPECT_NE(result.out.find("dk 8 to 256, here extrapolated"), std::string::npos) << result.out;
}

TEST(DescribeHardware, AsJsonHasTheStructureOfTheYamlFile) {
  const Json json =
      Json::parse(run_bitloom({"describe", "hardware", "bismo-edge", "--json", "-"}).out);
  EXPECT_EQ(json["array"], Json({{"dm", 8}, {"dk", 256}, {"dn", 8}}));
  EXPECT_EQ(json["timing"]["accumulator_bits"], 32);
  EXPECT_EQ(json["energy"]["dram_bit_pj"]["value"], 26.1);
  EXPECT_FALSE(json["energy"]["dram_bit_pj"]["source"].get<std::string>().empty());
}

TEST(DescribeHardware, AsJsonIsAHardwareFile) {
  const testing::TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  const std::string bare =
      folder.write("bare.yaml",
                   "family: bismo\narray: {dm: 2, dk: 64, dn: 3}\n"
                   "buffers: {activation_words: 16, weight_words: 32}\n"
                   "ports: {activation_bits: 8, weight_bits: 16}\nclock_mhz: 100\n");
  for (const std::string& machine : {std::string("bismo-cloud"), std::string("bitfusion-16x32"),
                                     std::string("bitfusion-apq"), bare}) {
    const auto first = run_bitloom({"describe", "hardware", machine, "--json", "copy.yaml"}, there);
    ASSERT_EQ(first.exit_code, 0) << first.err;
    const auto second = run_bitloom({"describe", "hardware", "copy.yaml", "--json", "-"}, there);
    EXPECT_EQ(second.err, "") << machine;
    EXPECT_EQ(second.out, testing::contents(folder.file("copy.yaml"))) << machine;
  }
}

TEST(DescribeNetwork, FitsEightyColumnsForEveryNetwork) {
  for (const graph::ZooEntry& entry : graph::zoo()) {
    const auto result = run_bitloom({"describe", "network", std::string(entry.name)}, kTerminal);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), std::vector<std::string>{});
  }
}

TEST(DescribeNetwork, AsJsonSumsToItsTotals) {
  const Json json = Json::parse(
      run_bitloom({"describe", "network", "resnet20", "--bits", "3/5", "--json", "-"}).out);
  std::int64_t macs = 0, bops = 0, weights = 0;
  for (const Json& layer : json["layers"]) {
    macs += layer["macs"].get<std::int64_t>();
    bops += layer["bops"].get<std::int64_t>();
    weights += layer["weights"].get<std::int64_t>();
  }
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["macs"], macs);
  EXPECT_EQ(json["bops"], 15 * macs);
  EXPECT_EQ(json["bops"], bops);
  EXPECT_EQ(json["weights"], weights);
  EXPECT_EQ(json["weight_bytes"], (3 * weights + 7) / 8);
}

TEST(DescribeNetwork, TakesEdgeLayers) {
  const Json json = Json::parse(run_bitloom({"describe", "network", "resnet20", "--bits", "4/4",
                                             "--edge-layers", "8/7", "--json", "-"})
                                    .out);
  const Json& layers = json["layers"];
  EXPECT_EQ(layers.front()["weight_bits"], 8);
  EXPECT_EQ(layers.back()["activation_bits"], 7);
  EXPECT_EQ(layers[1]["weight_bits"], 4);
}

}  // namespace
}  // namespace bitloom
