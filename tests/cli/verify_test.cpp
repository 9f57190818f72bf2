#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;

TEST(Verify, PassesOnRandomLayersOfTheEdgeArray) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "bismo-edge", "--random", "20", "--seed", "7"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_NE(result.out.find("\nPASS: 20 of 20 layers pass; "), std::string::npos) << result.out;
}

TEST(Verify, RunsTheChosenLayersOfANetworkUnderItsBits) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--bits", "1/3",
                   "--edge-layers", "8/8", "--layers", "0,5,19"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  // An image may be negative; what follows a ReLU is not.
  EXPECT_NE(result.out.find("conv1          8/8 signed/signed "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("layer1.2.conv1 1/3 bipolar/unsigned "), std::string::npos);
  EXPECT_NE(result.out.find("linear         8/8 signed/unsigned      10 "), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nPASS: 3 of 3 layers pass; "), std::string::npos);
}

/// The edge array, whose core is there, with a batch as the cloud's.
constexpr const char* kEdgeOfBatch16 =
    "family: bismo\narray: {dm: 8, dk: 256, dn: 8}\n"
    "buffers: {activation_words: 1024, weight_words: 1024}\n"
    "ports: {activation_bits: 64, weight_bits: 64}\nclock_mhz: 200\nbatch: 16\n";

std::int64_t simulated_cycles(Arguments arguments) {
  arguments.insert(arguments.begin(), {"simulate", "--network", "resnet20", "--bits", "4/4"});
  const testing::ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return nlohmann::json::parse(result.out)["layers"][19]["cycles"];
}

TEST(Verify, SaysWithWhichBatchAndPipelineSimulateCountsItsCycles) {
  const testing::TemporaryFolder folder;
  folder.write("edge16.yaml", kEdgeOfBatch16);
  const std::string machine = folder.file("edge16.yaml"), json = folder.file("v.json");
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", machine, "--network", "resnet20", "--bits", "4/4",
                   "--layers", "19", "--json", json});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("\n1 image ran here; simulate prices 16, the batch of edge16.\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nsimulate counts the same cycles with --batch 1 --set "
                            "timing.pipeline_cycles=4.\n"),
            std::string::npos)
      << result.out;
  const auto verdicts = nlohmann::json::parse(testing::contents(json));
  EXPECT_EQ(verdicts["batch"], 1);
  EXPECT_EQ(verdicts["described_batch"], 16);
  const std::int64_t cycles = verdicts["layers"][0]["rtl_cycles"];
  EXPECT_EQ(simulated_cycles({"--hardware", machine, "--json", "-", "--batch", "1", "--set",
                              "timing.pipeline_cycles=4"}),
            cycles);
  EXPECT_NE(simulated_cycles({"--hardware", machine, "--json", "-"}), cycles);
}

TEST(Verify, RunsTheBatchThatASettingSays) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--layers", "19",
                   "--set", "batch=2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("pipeline cycles), batch 2, seed 1\n"), std::string::npos);
  EXPECT_EQ(result.out.find("ran here"), std::string::npos) << result.out;
  expect_refused({"verify", "--hardware", "bismo-edge", "--set", "batch=2"},
                 "--set batch: is a network's, and random layers have their own: add --network");
}

TEST(Verify, WritesItsVerdictsAsJson) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--bits", "4/3",
                   "--layers", "5,19", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto verdicts = nlohmann::json::parse(result.out);
  EXPECT_TRUE(verdicts["passed"]);
  ASSERT_EQ(verdicts["layers"].size(), 2u);
  const auto& layer = verdicts["layers"][0];
  EXPECT_EQ(layer["name"], "layer1.2.conv1");
  EXPECT_EQ(layer["weight_bits"], 4);
  EXPECT_EQ(layer["activation_bits"], 3);
  EXPECT_EQ(layer["values"], 16 * 32 * 32);
  EXPECT_TRUE(layer["values_equal"]);
  EXPECT_EQ(layer["rtl_cycles"], layer["cycle_cycles"]);
  EXPECT_EQ(layer["rtl_cycles"], layer["analytic_cycles"]);
}

TEST(Verify, RunsTheColumnOfShiftHardware) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "shift-edge", "--network", "resnet20", "--bits", "4/3",
                   "--layers", "19", "--random", "3", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto verdicts = nlohmann::json::parse(result.out);
  EXPECT_TRUE(verdicts["passed"]);
  EXPECT_EQ(verdicts["array"], "shift column");
  ASSERT_EQ(verdicts["layers"].size(), 4u);
  const auto& layer = verdicts["layers"][0];
  EXPECT_EQ(layer["name"], "linear");
  EXPECT_EQ(layer["codes"], "powers/unsigned");
  EXPECT_EQ(layer["values"], 10);
  EXPECT_EQ(layer["rtl_cycles"], 10 * (64 / 16 + 1)) << "15 % of 4 tiles are one";
  EXPECT_EQ(layer["analytic_cycles"], layer["rtl_cycles"]);
}

TEST(Verify, SaysWhichColumnOfShiftHardwareThereIs) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "shift-edge", "--set", "array.rows=8"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err,
            "shift-edge array.rows=8: the RTL is a column of array.rows 16, weight_bits 5, "
            "activation_bits 8, accumulator_bits 40 and at most 256 sums: the machine has 8, 5, 8, "
            "40 and 256\n");
}

TEST(Verify, WritesTheFusionUnitsVerdictsAsJsonToo) {
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", "bitfusion-haq", "--network", "resnet20", "--bits",
                   "4/3", "--layers", "5,19", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto verdicts = nlohmann::json::parse(result.out);
  EXPECT_TRUE(verdicts["passed"]);
  EXPECT_EQ(verdicts["hardware"], "bitfusion-haq");
  EXPECT_EQ(verdicts["array"], "fusion unit");
  ASSERT_EQ(verdicts["layers"].size(), 2u);
  const auto& layer = verdicts["layers"][1];
  EXPECT_EQ(layer["name"], "linear");
  EXPECT_EQ(layer["weight_bits"], 4);
  EXPECT_EQ(layer["activation_bits"], 3);
  EXPECT_EQ(layer["values"], 10);
  EXPECT_TRUE(layer["values_equal"]);
  EXPECT_EQ(layer["rtl_cycles"], 10 * 64 / 4);
  EXPECT_EQ(layer["analytic_cycles"], layer["rtl_cycles"]);
  EXPECT_TRUE(layer["cycle_cycles"].is_null());
}

TEST(Verify, RefusesWhatItCannotRunBeforeItBuildsACore) {
  const std::string needs_network =
      "--layers, --bits, --policy and --edge-layers choose from a network: add --network";
  expect_refused({"verify", "--hardware", "bismo-edge", "--layers", "3"}, needs_network);
  expect_refused({"verify", "--hardware", "bismo-edge", "--bits", "4/4"}, needs_network);
  expect_refused({"verify", "--hardware", "bismo-edge", "--trace", "w.vcd"},
                 "--trace 'w.vcd': must end in .fst");
  expect_refused({"verify", "--hardware", "bismo-edge", "--random", "0"},
                 "--random '0': must be a whole number in [1, 1000000]");
  expect_refused({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--bits", "16/16"},
                 "layer 'conv1' at 16/16 cannot be mapped onto bismo-edge: a sum of 27 products "
                 "needs 37 accumulator bits, timing.accumulator_bits is 32");
}

TEST(Verify, RefusesDescriptionsThatTheRtlIsNot) {
  const testing::TemporaryFolder folder;
  const auto refuse = [&](const std::string& array, const std::string& timing,
                          const std::string& why) {
    folder.write("t.yaml", "family: bismo\narray: " + array +
                               "\nbuffers: {activation_words: 64, weight_words: 64}\n"
                               "ports: {activation_bits: 8, weight_bits: 8}\nclock_mhz: 100\n"
                               "timing: {" +
                               timing + "}\n");
    testing::ProgramSetting setting;
    setting.environment = {{"XDG_CACHE_HOME", folder.file("cache")}};
    expect_refused({"verify", "--hardware", folder.file("t.yaml"), "--random", "2"}, why, setting);
  };
  const std::string tiny = "{dm: 2, dk: 8, dn: 2}";
  refuse(tiny, "memory_latency_cycles: 30",
         "t: the RTL has no timing.memory_latency_cycles: verify the machine without, by --set "
         "timing.memory_latency_cycles=");
  refuse(tiny, "pipeline_cycles: 4, overlap: true, fetch_sync: block",
         "t: the RTL has no timing.fetch_sync, timing.overlap: verify the machine without, by "
         "--set timing.fetch_sync= --set timing.overlap=");
  const std::string layout =
      "t: the RTL has no layout: verify the machine without, by --set layout=";
  refuse(tiny, "pipeline_cycles: 4}\nlayout: {im2col: on_the_fly", layout);
  refuse(tiny, "pipeline_cycles: 4}\nlayout: {convert: all, port_bits: 8", layout);
  refuse(tiny, "pipeline_cycles: 3",
         "t: timing.pipeline_cycles is 3, the RTL's pipeline has 4: --set timing.pipeline_cycles=4 "
         "tells the engines");
  refuse("{dm: 1024, dk: 4096, dn: 1024}", "pipeline_cycles: 4",
         "t: an array of dm x dk x dn = 4294967296 bits is too large to be Verilated; at most "
         "1048576");
}

TEST(Verify, TakesMachinesOfBoardsWithoutWhatTheRtlLacks) {
  const std::string set =
      "timing.memory_latency_cycles= --set ports.write_back= --set "
      "timing.fetch_sync= --set timing.overlap= --set layout=";
  expect_refused({"verify", "--hardware", "bismo-edge-real", "--random", "2"},
                 "bismo-edge-real: the RTL has no dram, timing.memory_latency_cycles, "
                 "ports.write_back, timing.fetch_sync, timing.overlap, layout: verify the machine "
                 "without, by --set dram= --set " +
                     set);
}

TEST(Verify, HoldsANarrowResultPortToBothEngines) {
  const testing::TemporaryFolder folder;
  folder.write("narrow.yaml",
               "family: bismo\narray: {dm: 2, dk: 8, dn: 2}\n"
               "buffers: {activation_words: 64, weight_words: 64}\n"
               "ports: {activation_bits: 8, weight_bits: 8, result_bits: 16}\nclock_mhz: 100\n");
  testing::ProgramSetting setting;
  setting.environment = {{"XDG_CACHE_HOME", folder.file("cache")}};
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", folder.file("narrow.yaml"), "--random", "40"}, setting);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_EQ(result.out.find("        - "), std::string::npos)
      << result.out;  // every figure is there
  EXPECT_NE(result.out.find("\nPASS: 40 of 40 layers pass; "), std::string::npos) << result.out;
}

/// Beside a bitloom-learn that refuses as the real one does.
TEST(Verify, SaysWhyWeightsCannotBeCalibratedInOneLine) {
  namespace fs = std::filesystem;
  const testing::TemporaryFolder folder;
  fs::create_directories(folder.path() / "build");
  for (const char* program : {"bitloom", "bitloom-verify"})
    fs::copy(fs::path(BITLOOM_PROGRAM).parent_path() / program, folder.path() / "build" / program);
  fs::create_directory_symlink(fs::path(BITLOOM_SOURCE_DIR) / "rtl", folder.path() / "rtl");
  fs::create_directory_symlink(fs::path(BITLOOM_SOURCE_DIR) / "configs", folder.path() / "configs");
  folder.write("build/bitloom-learn", "#!/bin/sh\necho 'w: cannot be read' >&2\nexit 2\n");
  fs::permissions(folder.path() / "build/bitloom-learn", fs::perms::owner_all);
  testing::ProgramSetting setting;
  setting.program = folder.file("build/bitloom");
  const std::string weights = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";
  expect_refused({"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--bits", "4/4",
                  "--weights", weights, "--data", "shapes32"},
                 "w: cannot be read", setting);
}

/// A copy of the programs beside RTL of its own, in which the shifter ignores a bit.
TEST(Verify, ExitsWithOneAndNamesTheFirstMismatchOfWrongRtl) {
  namespace fs = std::filesystem;
  const testing::TemporaryFolder folder;
  const fs::path source = BITLOOM_SOURCE_DIR;
  fs::create_directories(folder.path() / "build");
  for (const char* program : {"bitloom", "bitloom-verify"})
    fs::copy(fs::path(BITLOOM_PROGRAM).parent_path() / program, folder.path() / "build" / program);
  fs::copy(source / "rtl", folder.path() / "rtl", fs::copy_options::recursive);
  const fs::path dpu = folder.path() / "rtl/dpu.sv";
  std::string text = testing::contents(dpu);
  const std::string shift = "<< shift_i";
  ASSERT_NE(text.find(shift), std::string::npos);
  text.replace(text.find(shift), shift.size(), "<< (shift_i & 5'h1e)");
  std::ofstream(dpu) << text;
  folder.write("tiny.yaml",
               "family: bismo\narray: {dm: 2, dk: 8, dn: 2}\n"
               "buffers: {activation_words: 64, weight_words: 64}\n"
               "ports: {activation_bits: 8, weight_bits: 8}\nclock_mhz: 100\n");
  testing::ProgramSetting setting;
  setting.program = folder.file("build/bitloom");
  setting.environment = {{"XDG_CACHE_HOME", folder.file("cache")}};
  const testing::ProgramResult result =
      run_bitloom({"verify", "--hardware", folder.file("tiny.yaml"), "--random", "10"}, setting);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_NE(result.out.find(": wrong value at pixel "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nFAIL: "), std::string::npos) << result.out;
}

}  // namespace
}  // namespace bitloom
