// Keys that are set without their file.
#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using hardware::Settings;

hardware::Hardware edge_with(const Settings& settings) {
  return hardware::load_hardware("bismo-edge", testing::kHardwareFolder, settings);
}

std::string refusal_of(const Settings& settings) {
  return testing::complaint([&] { edge_with(settings); });
}

TEST(Settings, AreValuesOfTheFilesKeys) {
  const auto edge = testing::shipped_hardware("bismo-edge");
  const auto set = edge_with({"array.dm=4", "buffers.activation_words=2048", "batch=3",
                              "layout={convert: all, port_bits: 32}", "timing.overlap=true"})
                       .as<hardware::Bismo>();
  EXPECT_EQ(set.dm, 4);
  EXPECT_EQ(set.dn, edge.dn);
  EXPECT_EQ(set.activation_buffer_words, 2048);
  EXPECT_EQ(set.batch, 3);
  EXPECT_EQ(set.layout.port_bits, 32);
  EXPECT_TRUE(set.overlap);
}

TEST(Settings, MakeTheSectionsThatTheFileLacks) {
  const auto set = edge_with({"layout.convert=all", "layout.port_bits=32"}).as<hardware::Bismo>();
  EXPECT_TRUE(set.layout.converts());
  EXPECT_EQ(set.layout.port_bits, 32);
}

TEST(Settings, StandInTheMachinesName) {
  EXPECT_EQ(edge_with({"array.dm=4", "batch=3"}).name(), "bismo-edge array.dm=4 batch=3");
}

TEST(Settings, WithoutAValueTakeAKeyOut) {
  const hardware::Bismo without = edge_with({"energy.static_mw="}).as<hardware::Bismo>();
  EXPECT_EQ(without.energy.static_mw.source,
            hardware::BismoEnergy::default_static_mw(8 * 8, 256).source);
  EXPECT_EQ(refusal_of({"array.dx="}),
            "--set array.dx=: array.dx: is not there, and cannot be taken out");
}

TEST(Settings, AreCheckedAsTheFilesKeys) {
  EXPECT_EQ(refusal_of({"array.dm=0"}), "--set array.dm=0: array.dm: must be in [1, 1024], got 0");
  EXPECT_EQ(refusal_of({"array.dm=x"}),
            "--set array.dm=x: array.dm: must be a whole number, got 'x'");
  EXPECT_EQ(
      refusal_of({"array.dmm=8"}),
      "--set array.dmm=8: array.dmm: unknown key 'dmm': did you mean dm? (known: dm, dk, dn)");
  EXPECT_EQ(refusal_of({"ports.write_back=activations"}),
            "--set ports.write_back=activations: ports.write_back: needs a port: ports.result_bits "
            "must be at least 1, is 0");
  EXPECT_EQ(refusal_of({"array=8"}),
            "--set array=8: array: must be a mapping of dm, dk, dn, got '8'");
  EXPECT_EQ(refusal_of({"energy.popcount_bit_pj=0.1"}),
            "--set energy.popcount_bit_pj=0.1: energy.popcount_bit_pj: must be a mapping of value, "
            "source, least, most, got '0.1': did you mean --set energy.popcount_bit_pj.value=0.1?");
  EXPECT_EQ(refusal_of({"dm=16"}),
            "--set dm=16: dm: unknown key 'dm' (known: family, description, array, buffers, ports, "
            "clock_mhz, batch, coefficients, coefficient_bits, timing, layout, dram, energy): did "
            "you mean --set array.dm=16?");
  EXPECT_EQ(refusal_of({"clock_mhz.x=8"}),
            "--set clock_mhz.x=8: clock_mhz: holds a value, and no keys below it");
  EXPECT_EQ(refusal_of({"array.dm={"}).substr(0, 38), "--set array.dm={: cannot be parsed: en");
  EXPECT_EQ(refusal_of({"energy.static_mw.value=-1"}),
            "--set energy.static_mw.value=-1: energy.static_mw.value: must be in [0, 1000000], got "
            "-1");
  EXPECT_EQ(refusal_of({"family=bismoo"}),
            "--set family=bismoo: family: unknown hardware family 'bismoo': did you mean bismo? "
            "(known: bismo, bitfusion, shift)");
}

TEST(Settings, AreAKeyAndAValueAndGivenOnce) {
  for (const char* none : {"array.dm", "=8", ""})
    EXPECT_EQ(refusal_of({none}),
              "--set '" + std::string(none) +
                  "': must be KEY=VALUE, a key of the hardware's file and its value, such as "
                  "array.dm=8");
  EXPECT_EQ(refusal_of({"array.dm=8", "array.dm=9"}), "--set array.dm=9: array.dm is set twice");
}

TEST(Settings, AreReplacedByOthersOfTheSameKey) {
  EXPECT_EQ(hardware::with_settings({"array.dm=8", "batch=2"}, {"batch=4", "array.dk=32"}),
            (Settings{"array.dm=8", "batch=4", "array.dk=32"}));
}

/// The complaint about a shipped machine without the folder of its file.
std::string refusal_on(const std::string& hardware, const Settings& settings) {
  return testing::without(testing::complaint([&] {
                            hardware::load_hardware(hardware, testing::kHardwareFolder, settings);
                          }),
                          testing::kHardwareFolder + std::string("/"));
}

TEST(Settings, AreNamedWhereTheyMakeAnotherKeyOfTheFileWrong) {
  const auto popcount = "--set energy.popcount_bit_pj.";
  EXPECT_EQ(refusal_on("bismo-edge", {"array.dm=4", "energy.popcount_bit_pj.value=7", "batch=2"}),
            std::string(popcount) +
                "value=7: bismo-edge.yaml:20:11: energy.popcount_bit_pj.most: must be at least the "
                "value, 7, is 1.36");
  EXPECT_EQ(refusal_on("bismo-edge", {"energy.popcount_bit_pj.source="}),
            std::string(popcount) +
                "source=: bismo-edge.yaml:15:5: energy.popcount_bit_pj: key 'source' is missing");
  EXPECT_EQ(refusal_on("bismo-edge", {"array.dm="}),
            "--set array.dm=: bismo-edge.yaml:6:8: array: key 'dm' is missing");
  EXPECT_EQ(refusal_on("bitfusion-haq", {"scratchpads.output_bytes=1048576"}),
            "--set scratchpads.output_bytes=1048576: bitfusion-haq.yaml:10:18: "
            "scratchpads.output_memory: has banks of at most 32768 B, scratchpads.output_bytes "
            "needs 131072 B");
  EXPECT_EQ(refusal_on("bitfusion-haq", {"batch=2", "family=bismo"}),
            "--set family=bismo: bitfusion-haq.yaml:5:9: array.rows: unknown key 'rows' (known: "
            "dm, dk, dn)");
  EXPECT_EQ(refusal_on("bitfusion-haq", {"array.columns=3", "batch=2"}),
            "--set array.columns=3: bitfusion-haq.yaml:7:17: scratchpads.weight_bytes: must be a "
            "multiple of its 24 banks, got 262144");
}

TEST(Settings, LeaveComplaintsOfTheFileWhereTheyAre) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("x.yaml", "family: bismo\narray: {dm: 0, dk: 8, dn: 8}\n");
  EXPECT_EQ(testing::without(testing::complaint([&] {
                               hardware::load_hardware(file, "",
                                                       {"array.dk=16",
                                                        "buffers={"
                                                        "activation_words: 9, "
                                                        "weight_words: 9}",
                                                        "ports={activation_bits: 8, "
                                                        "weight_bits: 8}",
                                                        "clock_mhz=100"});
                             }),
                             folder.path().string() + "/"),
            "x.yaml:2:13: array.dm: must be in [1, 1024], got 0");
}

}  // namespace
}  // namespace bitloom
