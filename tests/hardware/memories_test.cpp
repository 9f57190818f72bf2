// Memories with names, and what scratchpads take from them.
#include <gtest/gtest.h>

#include "sim/families/bitfusion/description.h"
#include "sim/presets.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using hardware::BitFusion;
using hardware::MemoryTable;
using hardware::Settings;
using testing::kHardwareFolder;

BitFusion apq_with(const Settings& settings) {
  return hardware::load_hardware("bitfusion-apq", kHardwareFolder, settings).as<BitFusion>();
}

std::string complaint_of(const Settings& settings) {
  return testing::complaint([&] { apq_with(settings); });
}

TEST(Memories, HaveABankOfEveryPowerOfTwoFrom128BytesTo32KiB) {
  for (const std::string& name : hardware::memory_names(kHardwareFolder)) {
    const MemoryTable table = hardware::load_memory(name, kHardwareFolder);
    std::int64_t bytes = 128;
    for (const hardware::MemoryBank& bank : table.banks) {
      EXPECT_EQ(bank.bytes, bytes) << name;
      bytes *= 2;
    }
    EXPECT_EQ(bytes, 65536) << name;
    EXPECT_EQ(table.word_bits, 32) << name;
  }
}

TEST(Memories, HaveWhatThePublishedSweepHas) {
  const MemoryTable two = hardware::load_memory("cacti-45nm", kHardwareFolder);
  const MemoryTable three = hardware::load_memory("cacti-45nm-3-ports", kHardwareFolder);
  for (const char* machine : {"bitfusion-16x32-bw192", "bitfusion-16x64", "bitfusion-16x128",
                              "bitfusion-16x256", "bitfusion-haq"}) {
    const BitFusion hw = hardware::load_hardware(machine, kHardwareFolder).as<BitFusion>();
    const hardware::MemoryBank* weights = two.holding(hw.weight_bytes / hw.units());
    EXPECT_EQ(hw.energy.wbuf_read_word_pj.value, weights->read_word_pj) << machine;
    EXPECT_EQ(hw.energy.wbuf_write_word_pj.value, weights->write_word_pj) << machine;
    const hardware::MemoryBank* activations = two.holding(hw.activation_bytes / hw.rows);
    EXPECT_EQ(hw.energy.ibuf_read_word_pj.value, activations->read_word_pj) << machine;
    EXPECT_EQ(hw.energy.ibuf_write_word_pj.value, activations->write_word_pj) << machine;
    const hardware::MemoryBank* outputs = three.holding(hw.output_bytes / hw.columns);
    EXPECT_EQ(hw.energy.obuf_read_word_pj.value, outputs->read_word_pj) << machine;
    EXPECT_EQ(hw.energy.obuf_write_word_pj.value, outputs->write_word_pj) << machine;
  }
}

TEST(Memories, GiveAScratchpadTheSmallestBankThatHoldsItsShare) {
  const BitFusion shipped = apq_with({});
  EXPECT_EQ(shipped.energy.wbuf_read_word_pj.value, 0.683701) << "128 B";
  EXPECT_EQ(shipped.energy.ibuf_write_word_pj.value, 3.63853) << "2048 B";
  EXPECT_EQ(shipped.energy.obuf_bank_mw.value, 0.911568) << "512 B";
  EXPECT_NE(shipped.energy.obuf_bank_mw.source.find("CACTI 7"), std::string::npos);
  EXPECT_NE(shipped.energy.obuf_bank_mw.source.find("512 B bank"), std::string::npos);
  const BitFusion larger = apq_with({"scratchpads.weight_bytes=66048"});
  EXPECT_EQ(larger.energy.wbuf_read_word_pj.value, 0.745328) << "129 B a bank: 256 B";
  const BitFusion smaller = apq_with({"scratchpads.weight_bytes=32768"});
  EXPECT_EQ(smaller.energy.wbuf_read_word_pj.value, 0.683701) << "64 B a bank: 128 B";
}

TEST(Memories, LeakInEveryBank) {
  EXPECT_DOUBLE_EQ(apq_with({}).leakage_mw(),
                   7.8686 + 512 * 0.249588 + 16 * 3.22997 + 32 * 0.911568);
}

TEST(Memories, GiveOnlyWhatTheFileLeavesOut) {
  const BitFusion own =
      apq_with({"energy.wbuf_read_word_pj={value: 9, source: measured}",
                "energy.ibuf_bank_mw={value: 0, source: 'assumption: power gated'}"});
  EXPECT_EQ(own.energy.wbuf_read_word_pj.value, 9);
  EXPECT_EQ(own.energy.wbuf_read_word_pj.source, "measured");
  EXPECT_EQ(own.energy.wbuf_write_word_pj.value, 0.925317);
  EXPECT_EQ(own.energy.ibuf_bank_mw.value, 0);
}

TEST(Memories, NeedNotBeNamed) {
  const BitFusion sweep =
      hardware::load_hardware("bitfusion-16x32", kHardwareFolder).as<BitFusion>();
  EXPECT_EQ(sweep.leakage_mw(), 0);
}

TEST(Memories, AreRefusedWhereTheyDoNotFit) {
  EXPECT_EQ(complaint_of({"scratchpads.output_memory=cacti-45"}),
            "--set scratchpads.output_memory=cacti-45: scratchpads.output_memory: unknown memory "
            "'cacti-45': did you mean cacti-45nm, cacti-45nm-3-ports? (known: cacti-45nm, "
            "cacti-45nm-3-ports)");
  EXPECT_EQ(complaint_of({"scratchpads.activation_memory=cacti-45nm",
                          "scratchpads.activation_bytes=1048576"}),
            "--set scratchpads.activation_memory=cacti-45nm: scratchpads.activation_memory: has "
            "banks of at most 32768 B, scratchpads.activation_bytes needs 65536 B");
  EXPECT_EQ(complaint_of({"scratchpads.weight_memory=cacti-45nm", "array.unit_bits=16",
                          "array.operand_bits=16"}),
            "--set scratchpads.weight_memory=cacti-45nm: scratchpads.weight_memory: its words have "
            "32 bits, those of the scratchpad 128");
}

TEST(MemoryTables, AreReadStrictly) {
  const testing::TemporaryFolder folder;
  const auto refusal = [&](const std::string& banks) {
    const std::string file =
        folder.write("t.yaml", "description: d\nsource: s\nword_bits: 32\nbanks: " + banks + "\n");
    const std::string text = testing::complaint([&] { hardware::load_memory_table(file); });
    return text.substr(text.find("t.yaml"));
  };
  const std::string bank = "{bytes: 64, read_word_pj: 1, write_word_pj: 1, leakage_mw: 1}";
  EXPECT_EQ(refusal("[]"), "t.yaml:4:8: banks: must have a bank");
  EXPECT_EQ(refusal("[" + bank + ", " + bank + "]"),
            "t.yaml:4:80: banks[1].bytes: must be larger than the bank before it");
  EXPECT_EQ(refusal("[{bytes: 64}]"), "t.yaml:4:9: banks[0]: key 'read_word_pj' is missing");
}

}  // namespace
}  // namespace bitloom
