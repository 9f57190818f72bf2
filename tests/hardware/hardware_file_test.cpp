// Hardware files that are refused, each with its exact complaint.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kLeast =
    "family: bismo\n"
    "array: {dm: 2, dk: 64, dn: 3}\n"
    "buffers: {activation_words: 16, weight_words: 32}\n"
    "ports: {activation_bits: 8, weight_bits: 16}\n"
    "clock_mhz: 100\n";

class HardwareFile : public ::testing::Test {
 protected:
  hardware::Bismo read(const std::string& text) const {
    return hardware::load_hardware(folder_.write("mine.yaml", text), "").as<hardware::Bismo>();
  }
  std::string refusal_of(const std::string& text) const {
    return testing::without(testing::complaint([&] { read(text); }), folder_.path().string() + "/");
  }
  /// The least file with `what` replaced.
  static std::string with(const std::string& what, const std::string& replacement) {
    const auto at = kLeast.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    std::string text = kLeast;
    return text.replace(at, what.size(), replacement);
  }
  testing::TemporaryFolder folder_;
};

TEST_F(HardwareFile, NamesArrayBuffersPortsAndClockAndNoMore) {
  const hardware::Bismo hw = read(kLeast);
  EXPECT_EQ(hw.name, "mine");
  EXPECT_EQ(hw.dm, 2);
  EXPECT_EQ(hw.dk, 64);
  EXPECT_EQ(hw.dn, 3);
  EXPECT_EQ(hw.activation_buffer_words, 16);
  EXPECT_EQ(hw.weight_buffer_words, 32);
  EXPECT_EQ(hw.activation_port_bits, 8);
  EXPECT_EQ(hw.weight_port_bits, 16);
  EXPECT_EQ(hw.clock_mhz, 100);
}

TEST_F(HardwareFile, LeavesTheRestAtTheDefaultsOfTheStruct) {
  const hardware::Bismo hw = read(kLeast), initial;
  EXPECT_EQ(hw.description, initial.description);
  EXPECT_EQ(hw.batch, initial.batch);
  EXPECT_EQ(hw.accumulator_bits, initial.accumulator_bits);
  EXPECT_EQ(hw.pipeline_cycles, initial.pipeline_cycles);
  EXPECT_EQ(hw.energy.dram_bit_pj.value, initial.energy.dram_bit_pj.value);
  EXPECT_EQ(hw.energy.accumulate_pj.source, initial.energy.accumulate_pj.source);
}

TEST_F(HardwareFile, ThatGivesNoEnergiesHasTheDefaultsScaledToItsSize) {
  const hardware::Hardware machine =
      hardware::load_hardware(folder_.write("mine.yaml", kLeast), "");
  const auto hw = machine.as<hardware::Bismo>();
  const double luts = 2.04 * 64 + 109;  // of a DPU: BISMO's cost model
  EXPECT_DOUBLE_EQ(hw.energy.idle_dpu_pj.value, 5.4 * luts / (2.04 * 256 + 109));
  EXPECT_DOUBLE_EQ(hw.energy.static_mw.value, 113 * 2 * 3 * luts / 53200);
  EXPECT_NE(hw.energy.idle_dpu_pj.source.find("240 LUT per DPU of 64 bits"), std::string::npos)
      << hw.energy.idle_dpu_pj.source;
  EXPECT_NE(hw.energy.static_mw.source.find("1437 / 53200 LUT"), std::string::npos)
      << hw.energy.static_mw.source;
  EXPECT_EQ(machine.machine().technology(), "28 nm FPGA (Zynq-7020)");
  EXPECT_EQ(machine.default_energies().names.size(), 7U);
  EXPECT_EQ(read(with("dk: 64", "dk: 256")).energy.idle_dpu_pj.value, 5.4);
}

TEST_F(HardwareFile, ThatGivesSomeEnergiesNamesTheirTechnologyItself) {
  const std::string some = "energy:\n  static_mw: {value: 9, source: measured}\n";
  const auto machine = [&](const std::string& energy) {
    return hardware::load_hardware(folder_.write("mine.yaml", kLeast + energy), "");
  };
  EXPECT_EQ(machine(some).machine().technology(), "");
  EXPECT_EQ(machine(some + "  technology: 7 nm ASIC\n").machine().technology(), "7 nm ASIC");
  EXPECT_EQ(machine(some).as<hardware::Bismo>().energy.static_mw.value, 9);
  EXPECT_EQ(machine(some).default_energies().names,
            (std::vector<std::string>{"popcount_bit_pj", "accumulate_pj", "buffer_read_bit_pj",
                                      "buffer_write_bit_pj", "dram_bit_pj", "idle_dpu_pj"}));
}

TEST_F(HardwareFile, LeavesTheEnergyOfAConversionToTheDefaultsOnlyWhereThereIsOne) {
  const auto left_out = [&](const std::string& layout) {
    return hardware::load_hardware(folder_.write("mine.yaml", kLeast + layout), "")
        .default_energies()
        .names.size();
  };
  EXPECT_EQ(left_out("layout: {im2col: on_the_fly}\n"), 7U);
  EXPECT_EQ(left_out("layout: {convert: all, port_bits: 8}\n"), 8U);
}

TEST_F(HardwareFile, MayNotLackWhatDefinesTheHardware) {
  EXPECT_EQ(refusal_of(with("family: bismo\n", "")), "mine.yaml:1:1: key 'family' is missing");
  EXPECT_EQ(refusal_of(with("array: {dm: 2, dk: 64, dn: 3}\n", "")),
            "mine.yaml:1:1: key 'array' is missing");
  EXPECT_EQ(refusal_of(with("buffers: {activation_words: 16, weight_words: 32}\n", "")),
            "mine.yaml:1:1: key 'buffers' is missing");
  EXPECT_EQ(refusal_of(with("ports: {activation_bits: 8, weight_bits: 16}\n", "")),
            "mine.yaml:1:1: key 'ports' is missing");
  EXPECT_EQ(refusal_of(with("clock_mhz: 100\n", "")), "mine.yaml:1:1: key 'clock_mhz' is missing");
  EXPECT_EQ(refusal_of(with("dm: 2, ", "")), "mine.yaml:2:8: array: key 'dm' is missing");
  EXPECT_EQ(refusal_of(with("dk: 64, ", "")), "mine.yaml:2:8: array: key 'dk' is missing");
  EXPECT_EQ(refusal_of(with(", dn: 3", "")), "mine.yaml:2:8: array: key 'dn' is missing");
  EXPECT_EQ(refusal_of(with("activation_words: 16, ", "")),
            "mine.yaml:3:10: buffers: key 'activation_words' is missing");
  EXPECT_EQ(refusal_of(with(", weight_words: 32", "")),
            "mine.yaml:3:10: buffers: key 'weight_words' is missing");
  EXPECT_EQ(refusal_of(with("activation_bits: 8, ", "")),
            "mine.yaml:4:8: ports: key 'activation_bits' is missing");
  EXPECT_EQ(refusal_of(with(", weight_bits: 16", "")),
            "mine.yaml:4:8: ports: key 'weight_bits' is missing");
}

TEST_F(HardwareFile, OfAnUnknownFamilyIsRefused) {
  EXPECT_EQ(refusal_of(with("bismo", "bisom")),
            "mine.yaml:1:9: family: unknown hardware family 'bisom': did you mean bismo? "
            "(known: bismo, bitfusion, shift)");
  EXPECT_EQ(refusal_of(with("bismo", "")), "mine.yaml:1:1: family: must be a text, got nothing");
}

TEST_F(HardwareFile, WithAMisspeltKeyIsOfferedTheRightOne) {
  EXPECT_EQ(refusal_of(with("clock_mhz", "clock_mzh")),
            "mine.yaml:5:1: clock_mzh: unknown key 'clock_mzh': did you mean clock_mhz? (known: "
            "family, description, array, buffers, ports, clock_mhz, batch, coefficients, "
            "coefficient_bits, timing, layout, dram, energy)");
  EXPECT_EQ(refusal_of(with("weight_words", "weights_words")),
            "mine.yaml:3:33: buffers.weights_words: unknown key 'weights_words': did you mean "
            "weight_words? (known: activation_words, weight_words)");
}

TEST_F(HardwareFile, RefusesValuesOutOfRange) {
  EXPECT_EQ(refusal_of(with("dm: 2", "dm: 0")),
            "mine.yaml:2:13: array.dm: must be in [1, 1024], got 0");
  EXPECT_EQ(refusal_of(with("dm: 2", "dm: 1025")),
            "mine.yaml:2:13: array.dm: must be in [1, 1024], got 1025");
  EXPECT_EQ(refusal_of(with("dk: 64", "dk: 4097")),
            "mine.yaml:2:20: array.dk: must be in [1, 4096], got 4097");
  EXPECT_EQ(refusal_of(with("clock_mhz: 100", "clock_mhz: 0")),
            "mine.yaml:5:12: clock_mhz: must be in [0.001, 100000], got 0");
  EXPECT_EQ(refusal_of(kLeast + "batch: 0\n"),
            "mine.yaml:6:8: batch: must be in [1, 65536], got 0");
  EXPECT_EQ(refusal_of(kLeast + "timing: {accumulator_bits: 65}\n"),
            "mine.yaml:6:28: timing.accumulator_bits: must be in [8, 64], got 65");
}

TEST_F(HardwareFile, SetsTheKnobsOfTiming) {
  const hardware::Bismo hw =
      read(with("weight_bits: 16", "weight_bits: 16, result_bits: 8, write_back: activations") +
           "timing: {fetch_sync: block, overlap: true, fetch_issue_cycles: 1, "
           "execute_issue_cycles: 2, result_issue_cycles: 3}\n");
  EXPECT_EQ(hw.write_back, hardware::WriteBack::kActivations);
  EXPECT_EQ(hw.fetch_sync, hardware::FetchSync::kBlock);
  EXPECT_TRUE(hw.overlap);
  EXPECT_EQ(hw.fetch_issue_cycles, 1);
  EXPECT_EQ(hw.execute_issue_cycles, 2);
  EXPECT_EQ(hw.result_issue_cycles, 3);
  const hardware::Bismo least = read(kLeast);
  EXPECT_EQ(least.write_back, hardware::WriteBack::kNone);
  EXPECT_EQ(least.fetch_sync, hardware::FetchSync::kPlane);
  EXPECT_FALSE(least.overlap);
}

TEST_F(HardwareFile, SetsCoefficientsAndTheEnergyOfMultiplying) {
  const std::string multiply = "energy: {multiply_pj: {value: 3, source: a paper}}\n";
  const hardware::Bismo hw =
      read(kLeast + "coefficients: fixed_point\ncoefficient_bits: 6\n" + multiply);
  EXPECT_TRUE(hw.multiplies());
  EXPECT_EQ(hw.code_bits(), 6);
  EXPECT_EQ(hw.energy.multiply_pj.value, 3);
  EXPECT_EQ(read(kLeast + "coefficients: fixed_point\n").code_bits(), 8);
  const hardware::Bismo least = read(kLeast);
  EXPECT_FALSE(least.multiplies());
  EXPECT_EQ(least.code_bits(), 0);
  EXPECT_EQ(refusal_of(kLeast + "coefficients: float\n"),
            "mine.yaml:6:15: coefficients: unknown coefficients 'float' (known: shift, "
            "fixed_point)");
  EXPECT_EQ(refusal_of(kLeast + "coefficient_bits: 17\n"),
            "mine.yaml:6:19: coefficient_bits: must be in [1, 16], got 17");
  EXPECT_NE(refusal_of(kLeast + multiply).find("unknown key 'multiply_pj'"), std::string::npos)
      << "a machine that shifts does not multiply";
}

TEST_F(HardwareFile, RefusesKnobsOfTimingThatItDoesNotKnow) {
  EXPECT_EQ(refusal_of(kLeast + "timing: {fetch_sync: word}\n"),
            "mine.yaml:6:22: timing.fetch_sync: unknown fetch_sync 'word' (known: plane, block)");
  EXPECT_EQ(refusal_of(kLeast + "timing: {overlap: 2}\n"),
            "mine.yaml:6:19: timing.overlap: must be true or false, got '2'");
  EXPECT_EQ(refusal_of(kLeast + "timing: {execute_issue_cycles: 65537}\n"),
            "mine.yaml:6:32: timing.execute_issue_cycles: must be in [0, 65536], got 65537");
  EXPECT_EQ(refusal_of(with("weight_bits: 16", "weight_bits: 16, write_back: accumulators")),
            "mine.yaml:4:58: ports.write_back: needs a port: ports.result_bits must be at least 1, "
            "is 0");
}

/// The shipped edge's section, with `what` replaced.
std::string dram_with(const std::string& what, const std::string& replacement) {
  std::ifstream file(testing::kHardwareFolder + "/bismo-edge-real.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto begin = text.find("dram:"), end = text.find("energy:");
  std::string section = text.substr(begin, end - begin);
  const auto at = section.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return section.replace(at, what.size(), replacement);
}

TEST_F(HardwareFile, MayHaveDramAsAWhole) {
  EXPECT_FALSE(read(kLeast).dram);
  const hardware::Dram dram = *read(kLeast + dram_with("", "")).dram;
  EXPECT_EQ(dram.rcd, 7);
  EXPECT_EQ(dram.burst_bytes(), 16);
  EXPECT_DOUBLE_EQ(dram.peak_gigabytes_per_second(), 2.1);
  EXPECT_EQ(refusal_of(kLeast + dram_with("  rcd: 7\n", "")),
            "mine.yaml:7:3: dram: key 'rcd' is missing");
  EXPECT_EQ(refusal_of(kLeast + dram_with("rcd: 7", "rcd: 0")),
            "mine.yaml:21:8: dram.rcd: must be in [1, 1024], got 0");
  EXPECT_EQ(refusal_of(kLeast + "dram: 3\n"),
            "mine.yaml:6:7: dram: must be a mapping (key: value), got '3'");
}

TEST_F(HardwareFile, RefusesDramWhoseTimingsDoNotGoTogether) {
  const auto refusal = [&](const std::string& what, const std::string& replacement) {
    const std::string text = refusal_of(kLeast + dram_with(what, replacement));
    return text.substr(text.find("dram"));
  };
  EXPECT_EQ(refusal("banks: 8", "banks: 10"), "dram.banks: must be a multiple of 4, got 10");
  EXPECT_EQ(refusal("row_bytes: 2048", "row_bytes: 2047"),
            "dram.row_bytes: must hold whole bursts of 16 bytes, got 2047");
  EXPECT_EQ(refusal("bus_bits: 16", "bus_bits: 12"), "dram.bus_bits: must be whole bytes, got 12");
  EXPECT_EQ(refusal("burst_length: 8", "burst_length: 7"),
            "dram.burst_length: must be even, got 7");
  EXPECT_EQ(refusal("ccd: 4", "ccd: 3"),
            "dram.ccd: must be at least half the burst length (4), got 3");
  EXPECT_EQ(refusal("ccd_same: 4", "ccd_same: 3"),
            "dram.ccd_same: must be at least ccd (4), got 3");
  EXPECT_EQ(refusal("ras: 19", "ras: 6"), "dram.ras: must be at least rcd (7), got 6");
  EXPECT_EQ(refusal("faw: 21", "faw: 3"), "dram.faw: must be at least rrd (4), got 3");
  EXPECT_EQ(refusal("refi_ns: 7800", "refi_ns: 800"),
            "dram.refi_ns: must leave half the time between refreshes, which take 401 ns with "
            "closing and opening; got 800");
}

TEST_F(HardwareFile, MaySayHowActivationsLie) {
  const hardware::Bismo hw =
      read(kLeast + "layout: {im2col: on_the_fly, convert: differing, port_bits: 32}\n");
  EXPECT_EQ(hw.layout.im2col, hardware::Im2col::kOnTheFly);
  EXPECT_EQ(hw.layout.convert, hardware::Conversion::kDiffering);
  EXPECT_EQ(hw.layout.port_bits, 32);
  EXPECT_EQ(read(kLeast).layout.im2col, hardware::Im2col::kHost);
  EXPECT_FALSE(read(kLeast).layout.converts());
  EXPECT_EQ(refusal_of(kLeast + "layout: {im2col: here}\n"),
            "mine.yaml:6:18: layout.im2col: unknown im2col 'here' (known: host, on_the_fly)");
  EXPECT_EQ(refusal_of(kLeast + "layout: {convert: all}\n"),
            "mine.yaml:6:19: layout.convert: needs layout.port_bits of at least 1, is 0");
  EXPECT_EQ(refusal_of(kLeast + "layout: {port_bits: -1}\n"),
            "mine.yaml:6:21: layout.port_bits: must be in [0, 65536], got -1");
}

TEST_F(HardwareFile, RefusesAnEnergyWithoutItsSource) {
  EXPECT_EQ(refusal_of(kLeast + "energy: {dram_bit_pj: {value: 3}}\n"),
            "mine.yaml:6:23: energy.dram_bit_pj: key 'source' is missing");
  EXPECT_EQ(refusal_of(kLeast + "energy: {dram_bit_pj: {value: 3, source: \" \"}}\n"),
            "mine.yaml:6:42: energy.dram_bit_pj.source: must be a text, got the text \" \"");
  EXPECT_EQ(refusal_of(kLeast + "energy: {dram_bit_pj: {source: x}}\n"),
            "mine.yaml:6:23: energy.dram_bit_pj: key 'value' is missing");
  EXPECT_EQ(refusal_of(kLeast + "energy: {dram_bit_pj: 3}\n"),
            "mine.yaml:6:23: energy.dram_bit_pj: must be a mapping of value, source, least, most, "
            "got '3'");
  EXPECT_EQ(refusal_of(kLeast + "energy: {dram_bit_pj: {value: -1, source: x}}\n"),
            "mine.yaml:6:31: energy.dram_bit_pj.value: must be in [0, 1000000], got -1");
}

TEST_F(HardwareFile, RefusesADescriptionThatWouldBreakATable) {
  EXPECT_EQ(refusal_of(kLeast + "description: |\n  two\n  lines\n"),
            "mine.yaml:6:14: description: must be a text on one line without control characters, "
            "got the text \"two lines \"");
}

TEST(HardwareCatalogue, ListsTheFilesOfItsFolderSorted) {
  const testing::TemporaryFolder folder;
  for (const char* file : {"b.yaml", "c.yaml", "a.yaml", "notes.md"}) folder.write(file, kLeast);
  EXPECT_EQ(hardware::hardware_names(folder.path().string()),
            (std::vector<std::string>{"a", "b", "c"}));
}

TEST(HardwareCatalogue, WithoutItsFolderIsRefused) {
  EXPECT_EQ(testing::complaint([] { hardware::load_hardware("bismo-edge", "/none"); }),
            "/none: cannot be listed: No such file or directory");
}

TEST(HardwareCatalogue, LooksForAFileInItsFolderOnlyByName) {
  const testing::TemporaryFolder folder;
  folder.write("mine.yaml", kLeast);
  EXPECT_EQ(hardware::load_hardware("mine", folder.path().string()).as<hardware::Bismo>().dk, 64);
  EXPECT_EQ(
      testing::complaint([&] { hardware::load_hardware("mine.yaml", folder.path().string()); }),
      "mine.yaml: no such file");
}

}  // namespace
}  // namespace bitloom
