#include "sim/energy_table.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bitfusion/description.h"

#include <gtest/gtest.h>

#include "sim/catalogue.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::hardware {
namespace {

Hardware shipped(const std::string& name) {
  return load_hardware(name, BITLOOM_SOURCE_DIR "/configs/hardware");
}

class EnergyTable : public ::testing::Test {
 protected:
  Hardware read(const std::string& text, const std::string& on = "bismo-edge") {
    Hardware hardware = shipped(on);
    read_energy_table(folder_.write("t.yaml", text), hardware);
    return hardware;
  }
  /// The complaint without the folder before it.
  std::string refusal(const std::string& text) {
    const std::string complaint = testing::complaint([&] { read(text); });
    const std::size_t file = complaint.find("t.yaml");
    return file == std::string::npos ? complaint : complaint.substr(file);
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(EnergyTable, ReplacesWhatItGivesAndLeavesTheRest) {
  const Bismo before = shipped("bismo-edge").as<hardware::Bismo>();
  const Bismo after =
      read("energy:\n  dram_bit_pj: {value: 70, source: measured}\n").as<hardware::Bismo>();
  EXPECT_EQ(after.energy.dram_bit_pj.value, 70);
  EXPECT_EQ(after.energy.dram_bit_pj.source, "measured");
  EXPECT_EQ(after.energy.popcount_bit_pj.value, before.energy.popcount_bit_pj.value);
  EXPECT_EQ(after.energy.static_mw.source, before.energy.static_mw.source);
}

TEST_F(EnergyTable, MayNameItsTechnology) {
  const std::string table = "energy:\n  dram_bit_pj: {value: 70, source: measured}\n";
  EXPECT_EQ(read(table).machine().technology(), "28 nm FPGA (Zynq-7020)");
  const Hardware other = read(table + "  technology: 7 nm ASIC\n");
  EXPECT_EQ(other.machine().technology(), "7 nm ASIC");
  const std::string told = other.energy_technology();
  EXPECT_TRUE(told.starts_with("7 nm ASIC (")) << told;
  EXPECT_TRUE(told.ends_with(": of a 28 nm FPGA (Zynq-7020))")) << told;
  EXPECT_EQ(read(table).energy_technology(), "28 nm FPGA (Zynq-7020)");
}

TEST_F(EnergyTable, BringsItsOwnBoundsOrNone) {
  const auto popcount = [&](const std::string& bounds) {
    return read("energy: {popcount_bit_pj: {value: 0.5, source: measured" + bounds + "}}\n")
        .as<hardware::Bismo>()
        .energy.popcount_bit_pj;
  };
  EXPECT_EQ(shipped("bismo-edge").as<hardware::Bismo>().energy.popcount_bit_pj.most, 1.36);
  EXPECT_EQ(popcount("").least, std::nullopt);
  EXPECT_EQ(popcount("").most, std::nullopt);
  EXPECT_EQ(popcount(", least: 0.4, most: 0.6").least, 0.4);
  EXPECT_EQ(popcount(", most: 0.6").most, 0.6);
  EXPECT_EQ(refusal("energy: {popcount_bit_pj: {value: 0.5, source: s, least: 0.6}}\n"),
            "t.yaml:1:58: energy.popcount_bit_pj.least: must be at most the value, 0.5, is 0.6");
  EXPECT_EQ(refusal("energy: {popcount_bit_pj: {value: 0.5, source: s, most: 0.4}}\n"),
            "t.yaml:1:57: energy.popcount_bit_pj.most: must be at least the value, 0.5, is 0.4");
}

TEST_F(EnergyTable, NeedsNotAllThatABitFusionNeeds) {
  const BitFusion after =
      read("energy: {static_mw: {value: 1, source: s}}\n", "bitfusion-edge-real")
          .as<hardware::BitFusion>();
  EXPECT_EQ(after.energy.static_mw.value, 1);
  EXPECT_EQ(after.energy.dram_bit_pj.value,
            shipped("bitfusion-edge-real").as<hardware::BitFusion>().energy.dram_bit_pj.value);
}

TEST_F(EnergyTable, IsCheckedAsAHardwareFileIs) {
  EXPECT_EQ(refusal("energy: {dram_bit_pj: {value: -1, source: s}}\n"),
            "t.yaml:1:31: energy.dram_bit_pj.value: must be in [0, 1000000], got -1");
  EXPECT_EQ(
      refusal("energy: {dram_bit_pj: {value: 1}}\n").find("t.yaml:1:23: energy.dram_bit_pj: "), 0U);
  EXPECT_NE(refusal("energy: {dram_bits_pj: {value: 1, source: s}}\n").find("dram_bits_pj"),
            std::string::npos);
  EXPECT_NE(refusal("array: {dm: 8}\n").find("array"), std::string::npos)
      << "no place for other fields";
  EXPECT_NE(refusal("energy: {}\n").find("gives no energy constant"), std::string::npos);
  EXPECT_NE(refusal("- 1\n").find("t.yaml:1:1: "), std::string::npos);
}

TEST(EnergyConstants, AreAllThatTheFileOfTheHardwareNames) {
  const std::vector<EnergyConstant> constants = energy_constants(shipped("bismo-edge"));
  ASSERT_GE(constants.size(), 7U);
  EXPECT_EQ(constants[0].name, "popcount_bit_pj");
  EXPECT_EQ(constants[0].unit, "pJ");
  EXPECT_EQ(constants[0].value, 0.45);
  const Hardware scaled = with_scaled_constant(shipped("bismo-edge"), 1, 2);
  for (std::size_t i = 0; i < constants.size(); ++i)
    EXPECT_EQ(energy_constants(scaled)[i].value, constants[i].value * (i == 1 ? 2 : 1));
}

}  // namespace
}  // namespace bitloom::hardware
