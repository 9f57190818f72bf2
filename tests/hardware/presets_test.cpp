// Sections `dram` with names.
#include <gtest/gtest.h>

#include "sim/presets.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using hardware::Dram;
using testing::kHardwareFolder;

Dram preset(const std::string& name) { return hardware::load_dram(name, kHardwareFolder); }

Dram dram_of(const std::string& machine) { return *testing::shipped_hardware(machine).dram; }

void expect_equal(const Dram& a, const Dram& b) {
  for (const auto field :
       {&Dram::bus_bits, &Dram::burst_length, &Dram::bank_groups, &Dram::banks, &Dram::row_bytes,
        &Dram::cl, &Dram::cwl, &Dram::rcd, &Dram::rp, &Dram::ras, &Dram::rrd, &Dram::faw,
        &Dram::ccd, &Dram::ccd_same, &Dram::rtp, &Dram::wr, &Dram::wtr})
    EXPECT_EQ(a.*field, b.*field);
  for (const auto field : {&Dram::clock_mhz, &Dram::refi_ns, &Dram::rfc_ns})
    EXPECT_EQ(a.*field, b.*field);
  for (const auto field : {&Dram::activate_pj, &Dram::read_bit_pj, &Dram::write_bit_pj,
                           &Dram::refresh_pj, &Dram::background_mw})
    EXPECT_EQ((a.*field).value, (b.*field).value);
}

TEST(DramPresets, AreTheSectionsOfTheShippedMachines) {
  expect_equal(preset("ddr3-1050-x16"), dram_of("bismo-edge-real"));
  expect_equal(preset("lpddr4-1066-x32"), dram_of("bismo-ultra96"));
  expect_equal(preset("ddr4-2400-x64"), dram_of("bismo-cloud-real"));
}

TEST(DramPresets, AreNamedByTheirRateAndWidth) {
  const std::vector<std::string> names = hardware::dram_names(kHardwareFolder);
  EXPECT_GE(names.size(), 7U);
  for (const std::string& name : names) {
    const Dram dram = preset(name);
    const std::size_t rate = name.find('-') + 1, width = name.find("-x") + 2;
    EXPECT_EQ(dram.bus_bits, std::stoll(name.substr(width))) << name;
    EXPECT_NEAR(2 * dram.clock_mhz, std::stod(name.substr(rate)), 1) << name;
    EXPECT_EQ(dram.channels, 1) << name;
    for (const auto field : {&Dram::activate_pj, &Dram::read_bit_pj, &Dram::write_bit_pj,
                             &Dram::refresh_pj, &Dram::background_mw})
      EXPECT_FALSE((dram.*field).source.empty()) << name;
  }
}

/// Four parts side by side move four times the bits of one, for the energy of four.
TEST(DramPresets, OfFourPartsAreFourTimesThoseOfOne) {
  for (const std::string generation : {"ddr3-1600", "ddr4-2400"}) {
    const Dram one = preset(generation + "-x16"), four = preset(generation + "-x64");
    EXPECT_EQ(four.row_bytes, 4 * one.row_bytes);
    EXPECT_EQ(four.read_bit_pj.value, one.read_bit_pj.value);
    for (const auto field : {&Dram::activate_pj, &Dram::refresh_pj, &Dram::background_mw})
      EXPECT_NEAR((four.*field).value / (one.*field).value, 4, 0.001) << generation;
  }
}

TEST(DramPresets, StandInAFileAndInASetting) {
  const testing::TemporaryFolder folder;
  const std::string least =
      "family: bismo\narray: {dm: 2, dk: 64, dn: 3}\n"
      "buffers: {activation_words: 16, weight_words: 32}\n"
      "ports: {activation_bits: 8, weight_bits: 16}\nclock_mhz: 100\n";
  const std::string named = folder.write("named.yaml", least + "dram: ddr4-2400-x64\n");
  const auto load = [](const std::string& file, const hardware::Settings& settings) {
    return hardware::load_hardware(file, kHardwareFolder, settings).as<hardware::Bismo>();
  };
  expect_equal(*load(named, {}).dram, preset("ddr4-2400-x64"));
  EXPECT_EQ(load(named, {"dram.channels=2"}).dram->channels, 2);
  const std::string plain = folder.write("plain.yaml", least);
  const auto set = load(plain, {"dram=ddr3-1600-x16", "dram.cl=12"});
  EXPECT_EQ(set.dram->cl, 12);
  EXPECT_EQ(set.dram->row_bytes, 2048);
  EXPECT_EQ(testing::complaint([&] { load(plain, {"dram=ddr4-2400-x65"}); }).substr(0, 92),
            "--set dram=ddr4-2400-x65: dram: unknown dram 'ddr4-2400-x65': did you mean "
            "ddr4-2400-x64, dd");
}

TEST(DramPresets, MayBeAFileOfOnesOwn) {
  const testing::TemporaryFolder folder;
  const std::string shipped =
      testing::contents(std::string(kHardwareFolder) + "/../dram/ddr3-1600-x64.yaml");
  const std::string own = folder.write("mine.yaml", shipped);
  const auto with = [](const std::string& path) {
    return hardware::load_hardware("bismo-edge", kHardwareFolder,
                                   {"dram=" + path, "energy.dram_bit_pj="});
  };
  expect_equal(*with(own).as<hardware::Bismo>().dram, preset("ddr3-1600-x64"));
  EXPECT_EQ(testing::complaint([&] { with(folder.file("none.yaml")); }),
            "--set dram=" + folder.file("none.yaml") + ": " + folder.file("none.yaml") +
                ": no such file");
  const std::string other = folder.write("other.yaml", "family: bismo\n" + shipped);
  EXPECT_EQ(
      testing::complaint([&] { with(other); }),
      "--set dram=" + other + ": " + other + ":1:1: family: unknown key 'family' (known: dram)");
}

TEST(DramPresets, AreNamedBeforeTheirFiguresAreSet) {
  EXPECT_EQ(testing::complaint([] {
              hardware::load_hardware("bismo-edge", kHardwareFolder, {"dram.channels=2"});
            }),
            "--set dram.channels=2: dram: key 'part' is missing: name a memory first: --set "
            "dram=NAME (bitloom list dram)");
}

TEST(DramPresets, TakeThePlaceOfTheEnergyOfABit) {
  const auto edge = [](const hardware::Settings& settings) {
    return hardware::load_hardware("bismo-edge", kHardwareFolder, settings);
  };
  const std::string complaint = testing::complaint([&] { edge({"dram=ddr3-1600-x16"}); });
  EXPECT_EQ(complaint.substr(complaint.find("energy.dram")),
            "energy.dram_bit_pj: goes without a section dram, which has energies of its own: "
            "leave it out (--set energy.dram_bit_pj=)");
  EXPECT_TRUE(edge({"dram=ddr3-1600-x16", "energy.dram_bit_pj="}).as<hardware::Bismo>().dram);
}

}  // namespace
}  // namespace bitloom
