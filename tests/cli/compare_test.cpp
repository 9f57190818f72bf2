// `bitloom compare` through the program.
#include <gtest/gtest.h>

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

Arguments compare(const std::string& hardware, const Arguments& more) {
  return testing::on_resnet20("compare", hardware, more);
}

Json compared(const std::string& hardware, const Arguments& more) {
  return testing::json_on_resnet20("compare", hardware, more);
}

TEST(Compare, CostsAreThoseOfSimulateOnEveryMachineAndFamily) {
  for (const char* engine : {"analytic", "cycle"}) {
    const Json json = compared("bismo-edge,bitfusion-edge-real",
                               {"--policies", "4/4", "3/6", "--engine", engine, "--batch", "1"});
    ASSERT_EQ(json["hardware"].size(), 2U);
    for (const Json& policy : json["policies"])
      for (std::size_t m = 0; m < 2; ++m) {
        const auto result = run_bitloom({"simulate", "--network", "resnet20", "--hardware",
                                         json["hardware"][m]["name"], "--bits", policy["name"],
                                         "--engine", engine, "--batch", "1", "--json", "-"});
        const Json total = Json::parse(result.out)["total"];
        for (const char* key : {"cycles", "latency_ms", "dram_bytes"})
          EXPECT_EQ(policy["costs"][m][key], total[key]) << key;
        EXPECT_NEAR(policy["costs"][m]["energy_mj"].get<double>(), total["energy_mj"].get<double>(),
                    1e-12);
      }
  }
}

TEST(Compare, AMachineAgreesWithItselfUnderAnotherName) {
  const testing::TemporaryFolder folder;
  const std::string copy = folder.write(
      "copy.yaml", testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"));
  const Json json = compared("bismo-edge," + copy,
                             {"--policies", "8/8", "4/4", "2/6", "--random", "20", "--seed", "7"});
  EXPECT_EQ(json["policies"].size(), 23U);
  EXPECT_EQ(json["agreements"].size(), 4U);
  for (const Json& agreement : json["agreements"]) {
    EXPECT_EQ(agreement["spearman"], 1);
    EXPECT_EQ(agreement["kendall"], 1);
    EXPECT_TRUE(agreement["swaps"].empty());
  }
  EXPECT_EQ(json["policies"][0]["costs"][0]["latency_place"], 23) << "8/8 costs most";
}

TEST(Compare, ListsTheLargestOfManySwapsAndCountsTheOthers) {
  const Json json = compared("bismo-edge,bitfusion-edge-real", {"--random", "200"});
  std::int64_t left_out = 0;
  for (const Json& agreement : json["agreements"]) {
    const std::int64_t more = agreement.value("swaps_left_out", std::int64_t{0});
    EXPECT_LE(agreement["swaps"].size(), 100U);
    EXPECT_EQ(agreement["swapped"], agreement["swaps"].size() + static_cast<std::size_t>(more));
    left_out += more;
  }
  EXPECT_GT(left_out, 0);
}

TEST(Compare, TellsAPolicyOnceThatIsGivenTwice) {
  const auto result = run_bitloom(
      compare("bismo-edge,bismo-edge-rtl", {"--policies", "4/4", "4/4", "--json", "-"}));
  EXPECT_EQ(Json::parse(result.out)["policies"].size(), 1U);
  EXPECT_EQ(result.err, "compare: policy 4/4 is given twice: is told once\n");
}

TEST(Compare, RandomPoliciesAreTheSeeds) {
  const auto policies = [](const char* seed) {
    return compared("bismo-edge,bismo-cloud", {"--random", "3", "--seed", seed})["policies"];
  };
  EXPECT_EQ(policies("5"), policies("5"));
  EXPECT_NE(policies("5"), policies("6"));
  const Json drawn = policies("5");
  for (const Json& pair : drawn[0]["bits"])
    for (const Json& bits : pair) {
      EXPECT_GE(bits, 2);
      EXPECT_LE(bits, 8);
    }
}

TEST(Compare, KeepsTheEdgeLayersInEveryPolicy) {
  const Json json = compared("bismo-edge,bismo-cloud",
                             {"--policies", "2/2", "--random", "1", "--edge-layers", "8/8"});
  for (const Json& policy : json["policies"]) {
    EXPECT_EQ(policy["bits"].front(), (Json{8, 8}));
    EXPECT_EQ(policy["bits"].back(), (Json{8, 8}));
  }
}

TEST(Compare, SaysWhereBitsStopPaying) {
  const Json json =
      compared("bismo-edge,bitfusion-edge-real", {"--policies", "8/8", "--gain", "20"});
  EXPECT_EQ(json["gain_percent"], 20);
  ASSERT_EQ(json["sweeps"].size(), 12U) << "2 totals x 2 machines x 3";
  for (const Json& sweep : json["sweeps"]) {
    EXPECT_EQ(sweep["bits"], (Json{8, 7, 6, 5, 4, 3, 2}));
    EXPECT_TRUE(sweep["refused"].is_null());
    EXPECT_EQ(sweep["layers_stop_at"].size(), 20U);
    int stop = 8;
    for (std::size_t i = 0; i < 6; ++i)
      if (sweep["step_saves_percent"][i].get<double>() >= 20) stop = 7 - static_cast<int>(i);
    EXPECT_EQ(sweep["stops_at"], stop) << sweep;
  }
}

TEST(Compare, EndsASweepWhereAMachineRefusesItsBits) {
  const testing::TemporaryFolder folder;
  std::string text = testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml");
  const std::string bits = "accumulator_bits: 32";
  const std::string narrow = folder.write(
      "narrow.yaml", text.replace(text.find(bits), bits.size(), "accumulator_bits: 20"));
  const Json json = compared(narrow + ",bismo-edge", {"--policies", "2/2"});
  EXPECT_TRUE(json["sweeps"][0]["bits"].empty()) << "8/8 does not fit 20 bits";
  EXPECT_NE(json["sweeps"][0]["refused"].get<std::string>().find("accumulator_bits"),
            std::string::npos);
  EXPECT_EQ(json["sweeps"][3]["bits"].size(), 7U);
  const auto text_of = run_bitloom(compare(narrow + ",bismo-edge", {"--policies", "2/2"}));
  EXPECT_EQ(text_of.exit_code, 0) << text_of.err;
  EXPECT_NE(text_of.out.find("  A takes no 8/8, where bits begin to fall: layer '"),
            std::string::npos)
      << text_of.out;
  EXPECT_EQ(text_of.out.find("A activations"), std::string::npos) << "said once";
}

TEST(Compare, FitsEightyColumns) {
  const auto result = run_bitloom(
      compare("bismo-edge,bismo-cloud,bitfusion-edge-real",
              {"--policies", "8/8", "4/4", "6/4", "4/6", "2/8", "--random", "30"}),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  for (const char* part :
       {"latency, image", "energy, image", "energy by bounds", "30 random",
        "swapped, of those given", "where bits stop paying", "layers that stop at"})
    EXPECT_NE(result.out.find(part), std::string::npos) << part;
}

TEST(Compare, WritesARowForEachPolicyAndMachine) {
  const auto result = run_bitloom(
      compare("bismo-edge,bismo-cloud", {"--policies", "4/4", "--random", "2", "--csv", "-"}));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 7);
  EXPECT_EQ(result.out.rfind("policy,group,hardware,batch,cycles,latency_ms,energy_mj,dram_bytes,"
                             "latency_place,energy_place,energy_least_mj,energy_most_mj,"
                             "energy_ratio_least,energy_ratio_most\n4/4,given,bismo-edge,1,",
                             0),
            0U)
      << result.out;
  EXPECT_NE(result.out.find("\nrandom 2,random,bismo-cloud,16,"), std::string::npos);
}

/// What the policies cost on bismo-edge where its popcount takes that much.
Json energies_at(const char* popcount) {
  const std::string setting =
      std::string("energy.popcount_bit_pj={value: ") + popcount + ", source: a bound}";
  const Json json =
      compared("bismo-edge,bismo-edge-real", {"--policies", "8/8", "2/6", "--set", setting});
  return {json["policies"][0]["costs"][0], json["policies"][1]["costs"][0]};
}

TEST(Compare, TellsWhatEnergiesAndTheirRatiosMayBe) {
  const Json policies =
      compared("bismo-edge,bitfusion-haq", {"--policies", "8/8", "2/6"})["policies"];
  const Json told{policies[0]["costs"][0], policies[1]["costs"][0]};
  const Json least = energies_at("0.037"), most = energies_at("1.36");
  const auto ratio = [](const Json& costs) {
    return costs[1]["energy_mj"].get<double>() / costs[0]["energy_mj"].get<double>();
  };
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(told[i]["energy_least_mj"], least[i]["energy_mj"], 1e-12);
    EXPECT_NEAR(told[i]["energy_most_mj"], most[i]["energy_mj"], 1e-12);
  }
  EXPECT_EQ(told[0]["energy_ratio_least"], 1);
  EXPECT_EQ(told[0]["energy_ratio_most"], 1);
  EXPECT_GT(ratio(least), ratio(most)) << "the array weighs more at 8/8";
  EXPECT_NEAR(told[1]["energy_ratio_least"], ratio(most), 1e-12);
  EXPECT_NEAR(told[1]["energy_ratio_most"], ratio(least), 1e-12);
  EXPECT_FALSE(least[0].contains("energy_least_mj")) << "a constant without bounds";
  EXPECT_FALSE(policies[0]["costs"][1].contains("energy_least_mj")) << "BitFusion has none";
}

TEST(Compare, PrintsWhatEnergiesMayBe) {
  const auto text = run_bitloom(compare("bismo-edge,bitfusion-haq", {"--policies", "8/8", "2/6"}));
  EXPECT_NE(text.out.find("\nenergy by bounds"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("\nA 2/6 "), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("\nB 2/6 "), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("by what bounds popcount_bit_pj. ratio: to 8/8 on the machine"),
            std::string::npos)
      << text.out;
  const auto none = run_bitloom(compare("bitfusion-haq,bitfusion-apq", {"--policies", "8/8"}));
  EXPECT_EQ(none.out.find("bounds"), std::string::npos) << none.out;
  const auto csv =
      run_bitloom(compare("bismo-edge,bitfusion-haq", {"--policies", "8/8", "--csv", "-"}));
  EXPECT_NE(csv.out.find(",1,1\n8/8,given,bitfusion-haq,"), std::string::npos) << csv.out;
  EXPECT_TRUE(csv.out.ends_with(",,,,\n")) << csv.out;
}

TEST(Compare, TakesAnEnergyTableForAllMachines) {
  const testing::TemporaryFolder folder;
  const std::string table =
      folder.write("t.yaml", "energy: {popcount_bit_pj: {value: 0.5, source: s, most: 0.6}}\n");
  const Json json = compared("bismo-edge,bismo-cloud",
                             {"--policies", "8/8", "--energy-table", table, "--batch", "1"});
  EXPECT_EQ(json["energy_table"], table);
  for (std::size_t m = 0; m < 2; ++m) {
    const auto simulated =
        run_bitloom({"simulate", "--network", "resnet20", "--hardware", json["hardware"][m]["name"],
                     "--bits", "8/8", "--batch", "1", "--energy-table", table, "--json", "-"});
    const Json total = Json::parse(simulated.out)["total"];
    const Json& cost = json["policies"][0]["costs"][m];
    EXPECT_NEAR(cost["energy_mj"], total["energy_mj"], 1e-12);
    EXPECT_NEAR(cost["energy_most_mj"], total["energy_most_mj"], 1e-12);
  }
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, std::vector<std::string>{"--sweep", "batch=1,2"}}) {
    std::vector<std::string> arguments =
        compare("bismo-edge,bismo-cloud", {"--policies", "8/8", "--energy-table", table});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto text = run_bitloom(arguments);
    EXPECT_EQ(text.out.find("resnet20, analytic engine with energies of " + table + ": "), 0U)
        << text.out;
  }
  const auto refused = run_bitloom(
      compare("bismo-edge,bitfusion-haq", {"--policies", "8/8", "--energy-table", table}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err.find("bitfusion-haq: " + table +
                             ":1:10: energy.popcount_bit_pj: unknown key 'popcount_bit_pj'"),
            0U)
      << refused.err;
  expect_refused(compare("bismo-edge,bismo-cloud",
                         {"--policies", "8/8", "--energy-table", table, "--json", table}),
                 table + ": --json would replace what --energy-table reads");
}

TEST(Compare, TellsMachinesOfOneNameApart) {
  const testing::TemporaryFolder folder;
  const std::string copy = folder.write(
      "bismo-edge.yaml", testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"));
  const Json json = compared("bismo-edge," + copy, {"--policies", "8/8"});
  EXPECT_EQ(json["hardware"][0]["name"], "bismo-edge");
  EXPECT_EQ(json["hardware"][1]["name"], copy);
}

TEST(Compare, RefusesWhatItCannotCompare) {
  expect_refused(compare("bismo-edge", {"--policies", "4/4"}),
                 "--hardware: must name 2 to 26 machines, such as bismo-edge,bismo-cloud, or "
                 "one and --sweep, got 1");
  expect_refused(compare("bismo-edge,bismo-edge", {"--policies", "4/4"}),
                 "--hardware: 'bismo-edge' is named twice");
  expect_refused(
      compare("bismo-edge,bismo-cloud", {}),
      "bitloom compare: --policies or --random is required (see bitloom compare --help)");
  expect_refused(
      compare("bismo-edge,bismo-cloud", {"--policies", "4/99"}),
      "--policies '4/99': must be W/A, weight and activation bits, each in [1, 16], such as 4/6");
  expect_refused(compare("bismo-edge,bismo-cloud", {"--policies", "none.json"}),
                 "--policies 'none.json': no such file, and no pair such as 4/4");
  expect_refused(compare("bismo-edge,bismo-cloud", {"--policies", "4/4", "--seed", "2"}),
                 "--seed: draws the policies of --random, which is not given");
  expect_refused(compare("bismo-edge,bismo-cloud", {"--random", "0"}),
                 "--random '0': must be a whole number in [1, 5000]");
  expect_refused(compare("bismo-edge,bismo-cloud", {"--random", "2", "--gain", "0"}),
                 "--gain '0': must be a percentage above 0 and below 100");
}

TEST(Compare, OfManyMachinesFitsATerminal) {
  const auto result = run_bitloom(
      compare(
          "bismo-edge,bismo-cloud,bismo-ultra96,bitfusion-haq,bitfusion-edge-real,bismo-edge-rtl",
          {"--policies", "8/8", "4/4", "--image-size", "512"}),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  for (const char* part : {" A ", " F ", "F/A"})
    EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
}

TEST(Compare, WarnsWhereEnergiesAreOfDifferentTechnologies) {
  const auto both = run_bitloom(compare("bismo-edge,bitfusion-haq", {"--policies", "4/4"}));
  EXPECT_EQ(both.err,
            "compare: energies of different technologies stand in one table: 28 nm FPGA "
            "(Zynq-7020), 45 nm ASIC\n");
  EXPECT_NE(both.out.find("A  bismo-edge     batch 1, 200 MHz, energies of a 28 nm FPGA "
                          "(Zynq-7020)\nB  bitfusion-haq  batch 1, 500 MHz, energies of a 45 nm "
                          "ASIC\n"),
            std::string::npos)
      << both.out;
  EXPECT_EQ(run_bitloom(compare("bismo-edge,bismo-edge-real", {"--policies", "4/4"})).err, "");
  const Json json = compared("bismo-edge,bitfusion-haq", {"--policies", "4/4"});
  EXPECT_EQ(json["hardware"][1]["energy_technology"], "45 nm ASIC");
}

}  // namespace
}  // namespace bitloom
