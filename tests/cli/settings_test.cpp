// `--set` through the program, on every command that takes hardware.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/search/tiny_network.h"
#include "tests/support/resnet20_command.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::expect_refused;
using testing::json_on_resnet20;
using testing::run_bitloom;

TEST(SetOption, MakesTheMachineOfSimulateCompareAndDescribe) {
  const Json simulated =
      json_on_resnet20("simulate", "bismo-edge", {"--set", "array.dm=16", "--set", "batch=2"});
  EXPECT_EQ(simulated["hardware"], "bismo-edge array.dm=16 batch=2");
  EXPECT_EQ(simulated["batch"], 2);
  const Json compared =
      json_on_resnet20("compare", "bismo-edge,bismo-cloud",
                       {"--set", "array.dm=16", "--set", "batch=2", "--policies", "8/8"});
  EXPECT_EQ(compared["policies"][0]["costs"][0]["cycles"], simulated["total"]["cycles"]);
  const auto described =
      run_bitloom({"describe", "hardware", "bismo-edge", "--set", "array.dm=16", "--json", "-"});
  EXPECT_EQ(Json::parse(described.out)["array"]["dm"], 16);
  EXPECT_NE(json_on_resnet20("simulate", "bismo-edge", {"--set", "batch=2"})["total"]["cycles"],
            simulated["total"]["cycles"]);
}

TEST(SetOption, MakesTheMachineOfALutAndOfARunsManifest) {
  const testing::TemporaryFolder folder;
  const std::string table = (folder.path() / "t.npy").string();
  const auto lut = run_bitloom({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "--set",
                                "array.dm=4", "--max-bits", "2", "-o", table});
  ASSERT_EQ(lut.exit_code, 0) << lut.err;
  EXPECT_NE(lut.out.find("on bismo-edge array.dm=4, batch 1"), std::string::npos) << lut.out;
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  const std::string sensitivity = folder.write(
      "s.json", search::sensitivity_json(testing::drawn_sensitivity("resnet20", layers)));
  const std::string run = (folder.path() / "run").string();
  const Arguments search = testing::on_resnet20(
      "search", "bismo-edge",
      {"--sensitivity", sensitivity, "--budget", "latency=0.5x", "--set", "array.dm=4", "-o", run});
  const auto found = run_bitloom(search);
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const Json manifest = Json::parse(testing::contents(run + "/manifest.json"));
  EXPECT_EQ(manifest["hardware"], "bismo-edge array.dm=4");
  EXPECT_EQ(manifest["hardware_description"]["array"]["dm"], 4);
}

TEST(SetOption, IsRefusedBesideATableOfEnergiesThatGivesTheSameConstant) {
  const testing::TemporaryFolder folder;
  const std::string table =
      folder.write("t.yaml", "energy:\n  dram_bit_pj: {value: 31, source: measured}\n");
  const auto asked = [&](const char* command, const std::string& option,
                         const std::string& setting) {
    Arguments arguments = testing::on_resnet20(
        command, "bismo-edge", {"--energy-table", table, option, setting, "--policies", "8/8"});
    if (std::string(command) == "simulate") arguments.resize(arguments.size() - 2);
    return arguments;
  };
  const std::string twice = ": --energy-table " + table + " gives it, too; leave one out";
  for (const std::string setting :
       {"energy.dram_bit_pj.value=3", "energy.dram_bit_pj={value: 3,source: a}"})
    expect_refused(asked("simulate", "--set", setting), "--set " + setting + twice);
  expect_refused(asked("compare", "--sweep", "energy.dram_bit_pj.value=1,2"),
                 "--sweep energy.dram_bit_pj.value=1" + twice);
  EXPECT_EQ(run_bitloom(asked("simulate", "--set", "energy.accumulate_pj.value=3")).exit_code, 0);
}

TEST(SetOption, ThatTakesAConstantOutIsToldWithTheTechnologyInItsPlace) {
  const Json json =
      json_on_resnet20("simulate", "bismo-edge",
                       {"--set", "energy.technology=7 nm ASIC", "--set", "energy.static_mw="});
  const std::string technology = json["energy_technology"];
  EXPECT_TRUE(technology.starts_with("7 nm ASIC (static_mw: of a ")) << technology;
  const Json compared = json_on_resnet20(
      "compare", "bismo-edge,bismo-cloud",
      {"--set", "energy.technology=7 nm ASIC", "--set", "energy.static_mw=", "--policies", "8/8"});
  EXPECT_EQ(compared["hardware"][0]["energy_technology"], technology);
  EXPECT_NE(run_bitloom(testing::on_resnet20(
                            "simulate", "bismo-edge",
                            {"--set", "energy.technology=7 nm ASIC", "--set", "energy.static_mw="}))
                .out.find("static_mw"),
            std::string::npos);
}

TEST(SetOption, OfASectionOrAConstantSaysWhatWouldBeRight) {
  expect_refused(
      testing::on_resnet20("simulate", "bitfusion-edge-real", {"--set", "dram=ddr4-2400-x64"}),
      "--set dram=ddr4-2400-x64: dram: a machine of family bitfusion has no section dram");
  const testing::TemporaryFolder folder;
  const std::string file =
      folder.write("mine.yaml",
                   "family: bismo\narray: {dm: 8, dk: 128, dn: 16}\n"
                   "buffers: {activation_words: 2048, weight_words: 1024}\n"
                   "ports: {activation_bits: 64, weight_bits: 128}\nclock_mhz: 250\n");
  const auto refused = run_bitloom({"simulate", "--network", "resnet20", "--hardware", file,
                                    "--set", "energy.static_mw.value=50"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("--set 'energy.static_mw={value: 50, source: ...}' would be right"),
            std::string::npos)
      << refused.err;
  const auto warned = run_bitloom(testing::on_resnet20(
      "simulate", "bismo-edge", {"--set", "layout.convert=all", "--set", "layout.port_bits=64"}));
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_NE(warned.err.find("gives no layout.convert_bit_pj"), std::string::npos) << warned.err;
}

TEST(SetOption, IsRefusedInOneLine) {
  for (const char* command : {"simulate", "compare", "lut", "search"}) {
    Arguments arguments{command,      "--network", "resnet20",  "--hardware",
                        "bismo-edge", "--set",     "array.dm=0"};
    if (std::string(command) == "compare")
      arguments.insert(arguments.end(), {"--hardware", "bismo-cloud", "--policies", "8/8"});
    if (std::string(command) == "lut") arguments.insert(arguments.end(), {"-o", "t.npy"});
    if (std::string(command) == "search")
      arguments.insert(arguments.end(), {"--sensitivity", "s.json", "--budget", "latency=0.5x"});
    const std::string machine = std::string(command) == "compare" ? "bismo-edge: " : "";
    expect_refused(arguments, machine + "--set array.dm=0: array.dm: must be in [1, 1024], got 0");
  }
  for (const char* command : {"simulate", "lut"}) {
    Arguments arguments{command,   "--network", "resnet20", "--hardware", "bismo-edge",
                        "--batch", "4",         "--set",    "batch=5"};
    if (std::string(command) == "lut") arguments.insert(arguments.end(), {"-o", "t.npy"});
    expect_refused(arguments, "--set batch=5: --batch tells it, too; leave one out");
  }
  expect_refused({"search", "--problem", "p.json", "--set", "array.dm=8"},
                 "--set and --problem: a problem's file says it all; leave one out");
  expect_refused({"describe", "hardware", "bismo-edge", "--set", "dm"},
                 "--set 'dm': must be KEY=VALUE, a key of the hardware's file and its value, such "
                 "as array.dm=8");
}

}  // namespace
}  // namespace bitloom
