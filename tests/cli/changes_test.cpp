// What `simulate --explain` says of machines that could be built.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/resnet20_command.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::json_on_resnet20;
using testing::run_bitloom;

Arguments with_settings(const Json& change) {
  Arguments arguments;
  for (const std::string setting : change["set"])
    arguments.insert(arguments.end(), {"--set", setting});
  return arguments;
}

double of_an_image(const Json& change, const char* key) {
  return change[key].get<double>() / change["images"].get<double>();
}

TEST(Changes, CostWhatSimulateSaysWithTheirSettings) {
  const std::pair<const char*, const char*> cases[] = {{"bismo-edge", "analytic"},
                                                       {"bismo-edge-real", "analytic"},
                                                       {"bitfusion-edge-real", "analytic"},
                                                       {"bismo-edge-real", "cycle"}};
  for (const auto& [hardware, engine] : cases) {
    const Arguments layers{"--bits", "4/4", "--engine", engine, "--layers", "conv1,layer3.*"};
    Arguments explain = layers;
    explain.emplace_back("--explain");
    const Json changes = json_on_resnet20("simulate", hardware, explain)["changes"];
    EXPECT_GE(changes.size(), 12U);
    for (const Json& change : changes) {
      Arguments arguments = layers;
      for (const std::string& each : with_settings(change)) arguments.push_back(each);
      const Json simulated = json_on_resnet20("simulate", hardware, arguments);
      EXPECT_EQ(change["cycles"], simulated["total"]["cycles"]) << change["set"];
      EXPECT_EQ(change["images"], simulated["batch"]) << change["set"];
      EXPECT_NEAR(change["energy_mj"].get<double>(), simulated["total"]["energy_mj"].get<double>(),
                  1e-12)
          << change["set"];
    }
  }
}

TEST(Changes, ComeBestFirst) {
  const Json changes = json_on_resnet20("simulate", "bismo-edge", {"--explain"})["changes"];
  for (std::size_t i = 1; i < changes.size(); ++i)
    EXPECT_LE(of_an_image(changes[i - 1], "latency_ms"), of_an_image(changes[i], "latency_ms"));
}

TEST(Changes, OfABatchStandBesideABatchThatWasAskedFor) {
  const Json json = json_on_resnet20("simulate", "bismo-edge",
                                     {"--explain", "--batch", "2", "--layers", "linear"});
  for (const Json& change : json["changes"])
    EXPECT_EQ(change["images"], change["set"][0] == "batch=8"    ? 8
                                : change["set"][0] == "batch=32" ? 32
                                                                 : 2)
        << change["set"];
}

TEST(Changes, ReplaceWhatWasSet) {
  const Json json = json_on_resnet20("simulate", "bismo-edge",
                                     {"--explain", "--set", "array.dm=4", "--layers", "linear"});
  bool found = false;
  for (const Json& change : json["changes"]) found |= change["set"] == Json{"array.dm=8"};
  EXPECT_TRUE(found);
}

TEST(Changes, TellWhatTheyTakeOfTheChip) {
  const Json json = json_on_resnet20("simulate", "bismo-edge", {"--explain", "--layers", "linear"});
  for (const Json& change : json["changes"]) {
    if (change["set"] == Json{"array.dm=16"}) {
      EXPECT_EQ(change["resources"]["lut"].get<double>(),
                2 * json["resources"]["lut"].get<double>());
    }
    if (change["set"] == Json{"batch=4"}) {
      EXPECT_EQ(change["resources"], json["resources"]);
    }
  }
}

/// The question of an architect: MobileNet-V2 at 4/4 on a 16 x 128 x 16 array.
TEST(Changes, FindTheBatchThatMattersAndTheBitsThatDoNot) {
  const auto result = run_bitloom(
      {"simulate", "--network", "mobilenet_v2", "--hardware", "bismo-edge", "--bits", "4/4",
       "--set", "array.dm=16", "--set", "array.dk=128", "--set", "array.dn=16", "--explain"},
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  const std::string table = result.out.substr(result.out.find("what could be built"));
  EXPECT_LT(table.find("batch=16"), table.find("array.dk=32"));
}

TEST(Changes, ThatMakeNoDifferenceMakeNoneInEnergyOrChipEither) {
  const testing::TemporaryFolder folder;
  const std::string table =
      folder.write("one.csv", "layer,kind,K,I,P,S,groups,IC,OC\nconv1,conv,3,32,1,1,1,3,16\n");
  const Arguments asked{"simulate", "--layers-csv", table,       "--hardware", "bismo-edge",
                        "--bits",   "4/4",          "--explain", "--json"};
  const std::string text = run_bitloom(Arguments(asked.begin(), asked.end() - 1)).out;
  const std::string rows = text.substr(text.find("what could be built"));
  const std::size_t none = rows.find("No difference: ");
  Arguments with_json = asked;
  with_json.emplace_back("-");
  const Json json = Json::parse(run_bitloom(with_json).out);
  const double energy = json["total"]["energy_mj"];
  std::size_t different = 0;
  for (const Json& change : json["changes"]) {
    const std::string name = change["set"][0];
    if (change["set"].size() > 1) continue;
    const bool is_other = std::abs(of_an_image(change, "energy_mj") / energy - 1) > 0.0005 ||
                          std::abs(change["saved_percent"].get<double>()) > 0.05 ||
                          change["resources"] != json["resources"];
    if (is_other) {
      EXPECT_LT(rows.find("\n" + name), none) << name << "\n" << rows;
      ++different;
    }
  }
  EXPECT_GE(different, 10U);
}

TEST(Explain, NamesOnBitFusionTheSameBoundInTableAndReason) {
  const Json json = json_on_resnet20("simulate", "bitfusion-edge-real",
                                     {"--explain", "--layers", "linear", "--bits", "4/4"});
  const auto text = run_bitloom(testing::on_resnet20(
      "simulate", "bitfusion-edge-real", {"--explain", "--layers", "linear", "--bits", "4/4"}));
  const std::string bound = json["layers"][0]["bound_by"];
  EXPECT_NE(text.out.find("bound by " + bound + ": "), std::string::npos) << text.out;
}

TEST(Explain, TellsOnBitFusionWhatBindsALayer) {
  for (const char* engine : {"analytic", "cycle"}) {
    const Json json =
        json_on_resnet20("simulate", "bitfusion-edge-real", {"--explain", "--engine", engine});
    for (const Json& layer : json["layers"]) {
      const std::string bound = layer["bound_by"];
      EXPECT_TRUE(bound == "compute" || bound == "weight fetch" || bound == "activation fetch" ||
                  bound == "outputs" || bound == "fill and drain" || bound == "late blocks")
          << bound;
    }
    double energy = 0;
    for (const Json& each : json["sensitivity"]) {
      energy += each["energy"].get<double>();
      EXPECT_EQ(each["latency"], 0);
    }
    EXPECT_NEAR(energy, 1, 1e-6);
  }
}

/// 9 of 64 bits of a beat: a depthwise layer with 3 x 3 kernels, at one bit.
TEST(Explain, TellsHowMuchOfABeatIsUsed) {
  const auto result =
      run_bitloom({"simulate", "--network", "mobilenet_v1", "--hardware", "bismo-edge", "--bits",
                   "1/1", "--layers", "conv_dw_2,conv_preds", "--explain", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_DOUBLE_EQ(json["layers"][0]["dram_used"].get<double>(), 9.0 / 64);
  EXPECT_DOUBLE_EQ(json["layers"][1]["dram_used"].get<double>(), 1);
  EXPECT_FALSE(json["layers"][0].contains("units_used"));
}

/// 16 channels at 4/4 fill half of 8 rows that take 4 products each; 3 at 8/8 three of 8.
TEST(Explain, TellsHowMuchOfBitFusionsUnitsIsUsed) {
  const auto result = run_bitloom(
      {"simulate", "--network", "resnet20", "--hardware", "bitfusion-edge-real", "--bits", "4/4",
       "--layers", "layer1.0.conv1,layer2.0.conv2,linear", "--explain", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  double products = 0, slots = 0;
  for (const Json& layer : json["layers"]) {
    constexpr double kProductsACycle = 64 * 4;  // of 64 units at 4/4
    const double of_layer = layer["compute_cycles"].get<double>() * kProductsACycle;
    EXPECT_NEAR(layer["units_used"].get<double>(), layer["macs"].get<double>() / of_layer, 1e-12);
    EXPECT_FALSE(layer.contains("dram_used"));
    products += layer["macs"].get<double>();
    slots += of_layer;
  }
  EXPECT_DOUBLE_EQ(json["layers"][0]["units_used"].get<double>(), 0.5);
  EXPECT_DOUBLE_EQ(json["layers"][1]["units_used"].get<double>(), 1);
  EXPECT_NEAR(json["units_used"].get<double>(), products / slots, 1e-12);

  const auto text = run_bitloom(
      {"simulate", "--network", "resnet20", "--hardware", "bitfusion-edge-real", "--bits", "4/4",
       "--layers", "layer1.0.conv1", "--explain"},
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  for (const char* part :
       {" BOPs/B used %roof bound by\n", "   50   50a compute\n", " used: % that the"})
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
}

}  // namespace
}  // namespace bitloom
