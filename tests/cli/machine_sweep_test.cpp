// `bitloom compare --sweep` through the program.
#include <gtest/gtest.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/support/resnet20_command.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::expect_refused;
using testing::json_on_resnet20;
using testing::on_resnet20;
using testing::run_bitloom;

const Arguments kGrid{"--sweep", "array.dk=64,128,256", "--sweep", "batch=1,16"};

Arguments grid(const Arguments& more) {
  Arguments all = kGrid;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(MachineSweep, PricesEveryCombinationAsSimulateDoes) {
  const Json json = json_on_resnet20("compare", "bismo-edge", grid({"--policies", "4/4", "2/8"}));
  ASSERT_EQ(json["hardware"].size(), 6U);
  for (std::size_t m = 0; m < 6; ++m) {
    const Json& machine = json["hardware"][m];
    Arguments settings;
    for (const auto& [key, value] : machine["set"].items())
      settings.insert(settings.end(), {"--set", key + "=" + value.get<std::string>()});
    for (const Json& policy : json["policies"]) {
      Arguments arguments = settings;
      arguments.insert(arguments.end(), {"--bits", policy["name"]});
      const Json simulated = json_on_resnet20("simulate", "bismo-edge", arguments);
      EXPECT_EQ(policy["costs"][m]["cycles"], simulated["total"]["cycles"]);
      EXPECT_EQ(machine["name"], simulated["hardware"]);
      EXPECT_EQ(machine["batch"], simulated["batch"]);
    }
  }
  EXPECT_EQ(json["hardware"][0]["set"], (Json{{"array.dk", "64"}, {"batch", "1"}}));
  EXPECT_EQ(json["hardware"][1]["set"], (Json{{"array.dk", "64"}, {"batch", "16"}}));
  EXPECT_TRUE(json["agreements"].empty());
  EXPECT_TRUE(json["sweeps"].empty());
}

TEST(MachineSweep, PrintsARowAMachineAndTheFront) {
  const auto result = run_bitloom(
      on_resnet20("compare", "bismo-edge", grid({"--policies", "4/4"})),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  for (const char* part : {"6 machines", "dk batch", "LUT", "BRAM36", "front", "*"})
    EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
}

TEST(MachineSweep, OfManyKeysFitsATerminal) {
  const Arguments keys{"--sweep",    "array.dk=128,256",
                       "--sweep",    "buffers.activation_words=512,1024",
                       "--sweep",    "buffers.weight_words=512,1024",
                       "--sweep",    "timing.fetch_sync=plane,block",
                       "--sweep",    "ports.activation_bits=32,64",
                       "--policies", "4/4"};
  const auto shown = [&](const std::string& hardware) {
    const auto result = run_bitloom(on_resnet20("compare", hardware, keys),
                                    {.folder = ".",
                                     .environment = {},
                                     .output = testing::StandardOutput::kTerminalOf80Columns});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
    return result.out;
  };
  EXPECT_NE(shown("bismo-edge").find("\na is array.dk, b is buffers.activation_words, c is "),
            std::string::npos);
  EXPECT_NE(shown("bismo-edge,bismo-cloud").find("\nA is bismo-edge, B is bismo-cloud, a is "),
            std::string::npos);
}

TEST(MachineSweep, OfTenKeysNamesThemInOneColumn) {
  Arguments keys{"--policies", "4/4"};
  for (const char* key : {"array.dm=8,16", "array.dk=64,128", "array.dn=8,16", "clock_mhz=100,200",
                          "buffers.activation_words=512,1024", "buffers.weight_words=512,1024",
                          "ports.activation_bits=64,128", "ports.weight_bits=64,128",
                          "timing.pipeline_cycles=0,4", "timing.accumulator_bits=31,32"})
    keys.insert(keys.end(), {"--sweep", key});
  const auto result = run_bitloom(
      on_resnet20("compare", "bismo-edge", keys),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  EXPECT_NE(result.out.find("j is\ntiming.accumulator_bits"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\na=8 b=64 "), std::string::npos) << result.out;
}

TEST(MachineSweep, MayBeOfSeveralMachinesAndFamilies) {
  const auto result =
      run_bitloom(on_resnet20("compare", "bismo-edge,bitfusion-edge-real",
                              {"--sweep", "clock_mhz=100,200", "--policies", "4/4", "--csv", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  std::string header, line;
  std::getline(lines, header);
  EXPECT_TRUE(
      header.ends_with(",energy_place,lut,bram36,kib,energy_least_mj,energy_most_mj,"
                       "energy_ratio_least,energy_ratio_most,clock_mhz"))
      << header;
  int rows = 0;
  while (std::getline(lines, line)) EXPECT_TRUE(line.ends_with(++rows % 2 == 1 ? ",100" : ",200"));
  EXPECT_EQ(rows, 4);
}

TEST(MachineSweep, GivesEachKeyAColumnOfTheCsvOnce) {
  const auto result =
      run_bitloom(on_resnet20("compare", "bismo-edge", grid({"--policies", "4/4", "--csv", "-"})));
  std::istringstream lines(result.out);
  std::string header, line;
  std::getline(lines, header);
  EXPECT_TRUE(header.ends_with(",energy_ratio_most,array.dk")) << header;
  std::getline(lines, line);
  EXPECT_TRUE(line.ends_with(",64")) << line;
}

TEST(MachineSweep, ListsTheMachinesThatRefuse) {
  const auto arguments = [](const char* values) {
    return Arguments{"--sweep", values, "--policies", "8/8"};
  };
  const Json json =
      json_on_resnet20("compare", "bismo-edge", arguments("timing.accumulator_bits=8,32"));
  ASSERT_EQ(json["hardware"].size(), 1U);
  EXPECT_EQ(json["refused"][0]["name"], "bismo-edge timing.accumulator_bits=8");
  EXPECT_EQ(
      run_bitloom(on_resnet20("compare", "bismo-edge", arguments("timing.accumulator_bits=8,9")))
          .exit_code,
      2);
}

TEST(MachineSweep, PricesWhatAMachineCanRunWhereItRefusesAnotherPolicy) {
  const Arguments arguments{"--sweep", "buffers.weight_words=1,4,64", "--policies", "8/8", "2/2"};
  const Json json = json_on_resnet20("compare", "bismo-edge", arguments);
  ASSERT_EQ(json["hardware"].size(), 2U);  // one of 1 word runs neither
  EXPECT_EQ(json["hardware"][0]["name"], "bismo-edge buffers.weight_words=4");
  EXPECT_TRUE(json["policies"][0]["costs"][0].is_null());
  EXPECT_EQ(json["policies"][0]["costs"][1]["latency_place"], 2);
  const Json alone = json_on_resnet20("simulate", "bismo-edge",
                                      {"--set", "buffers.weight_words=4", "--bits", "2/2"});
  EXPECT_EQ(json["policies"][1]["costs"][0]["cycles"], alone["total"]["cycles"]);
  EXPECT_EQ(json["policies"][1]["costs"][0]["latency_place"], 1);
  ASSERT_EQ(json["refused"].size(), 3U);
  EXPECT_EQ(json["refused"][2]["name"], "bismo-edge buffers.weight_words=4");
  EXPECT_EQ(json["refused"][2]["policy"], "8/8");

  const auto text = run_bitloom(
      on_resnet20("compare", "bismo-edge", arguments),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  EXPECT_EQ(testing::lines_beyond(80, text.out), Arguments{});
  for (const char* part : {"2 machines\n",
                           "  no 8/8 on bismo-edge buffers.weight_words=4: layer "
                           "'conv1'",
                           "\n           4 "})
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
}

TEST(MachineSweep, IsRefusedInOneLine) {
  const auto refuse = [](const Arguments& more, const std::string& message) {
    Arguments all = more;
    all.insert(all.end(), {"--policies", "8/8"});
    expect_refused(on_resnet20("compare", "bismo-edge", all), message);
  };
  refuse({"--sweep", "array.dk"},
         "--sweep 'array.dk': must be KEY=VALUE,VALUE,..., such as array.dk=32,64,128");
  refuse({"--sweep", "array.dk=32"},
         "--sweep 'array.dk=32': must have several values, such as array.dk=32,64,128; one is set "
         "by --set");
  refuse({"--sweep", "array.dk=32,,64"},
         "--sweep 'array.dk=32,,64': has a comma with no value beside it");
  refuse({"--sweep", "array.dk=32,32"}, "--sweep 'array.dk=32,32': has a value twice");
  refuse({"--sweep", "clock_mhz=200,200.0"}, "--sweep 'clock_mhz=200,200.0': has a value twice");
  refuse({"--sweep", "array.dk=32,0"}, "--sweep array.dk=0: array.dk: must be in [1, 4096], got 0");
  refuse({"--sweep", "energy.popcount_bit_pj.value=0.3,7"},
         "--sweep energy.popcount_bit_pj.value=7: " BITLOOM_SOURCE_DIR
         "/configs/hardware/bismo-edge.yaml:20:11: energy.popcount_bit_pj.most: must be at least "
         "the value, 7, is 1.36");
  refuse({"--sweep", "array.dk=32,64", "--set", "array.dk=8"},
         "--sweep array.dk=32: array.dk is set twice");
}

TEST(MachineSweep, OfRandomPoliciesAloneIsRefused) {
  testing::expect_refused(
      testing::on_resnet20("compare", "bismo-edge",
                           {"--sweep", "array.dk=64,256", "--random", "3"}),
      "bitloom compare: --sweep tells of the policies that are given: --policies is required");
}

TEST(MachineSweep, OfEnergiesDoesNotSayThatTheyStay) {
  const auto text = [](const std::string& sweep) {
    return testing::run_bitloom(testing::on_resnet20("compare", "bismo-edge",
                                                     {"--policies", "8/8", "--sweep", sweep}))
        .out;
  };
  const std::string stay = "do not change";
  EXPECT_NE(text("array.dk=64,256").find(stay), std::string::npos);
  const std::string swept = text("energy.accumulate_pj.value=1,2");
  EXPECT_EQ(swept.find(stay), std::string::npos) << swept;
  EXPECT_NE(swept.find("\naccumulate_pj "), std::string::npos) << swept;
}

TEST(MachineSweep, OfSeveralMachinesIsReportedWithTheirNames) {
  const testing::TemporaryFolder folder;
  testing::run_bitloom(testing::on_resnet20(
      "compare", "bismo-edge,bismo-cloud",
      {"--policies", "8/8", "--sweep", "array.dk=64,128", "--json", folder.file("c.json")}));
  testing::run_bitloom({"report", folder.file("c.json"), "--markdown", folder.file("r.md")});
  const std::string report = testing::contents(folder.file("r.md"));
  EXPECT_NE(report.find("bismo-cloud array.dk=128 is fast"), std::string::npos)
      << report.substr(0, 600);
}

}  // namespace
}  // namespace bitloom
