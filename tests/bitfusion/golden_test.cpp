// The published sweep of BitFusion's performance model, row by row.
#include <gtest/gtest.h>

#include "base/csv.h"
#include "pipelines/reproduction/golden_layers.h"
#include "sim/families/bitfusion/cost.h"
#include "sim/simulator.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

using namespace reproduction;

const std::string kGolden = BITLOOM_SOURCE_DIR "/tests/golden/";
constexpr std::int64_t kMost = std::int64_t{1} << 60;

void expect_counters(const CsvTable::Row& row, const analytic::bitfusion::Mapping& m) {
  const std::string where =
      row.text("config") + " " + row.text("network") + " " + row.text("layer");
  const auto expect = [&](const char* column, std::int64_t ours) {
    EXPECT_EQ(ours, row.integer(column, 0, kMost)) << where << " " << column;
  };
  expect("cycles", m.cycles);
  expect("mem_wait_cycles", m.memory_wait_cycles());
  expect("wbuf_rd_bits", m.traffic.wbuf_read.count());
  expect("wbuf_wr_bits", m.traffic.wbuf_write.count());
  expect("ibuf_rd_bits", m.traffic.ibuf_read.count());
  expect("ibuf_wr_bits", m.traffic.ibuf_write.count());
  expect("obuf_rd_bits", m.traffic.obuf_read.count());
  expect("obuf_wr_bits", m.traffic.obuf_write.count());
  expect("dram_rd_bits", m.traffic.dram_read.count());
  expect("dram_wr_bits", m.traffic.dram_write.count());
}

void expect_energies(const CsvTable::Row& row, const cost::Energy& energy) {
  constexpr double kPicojoulesPerNanojoule = 1e3;
  constexpr double kDigits = 6e-4;  // the table has three decimals
  const auto expect = [&](const char* column, Picojoules ours) {
    EXPECT_NEAR(ours.count() / kPicojoulesPerNanojoule, row.real(column), kDigits)
        << row.text("config") << " " << row.text("layer") << " " << column;
  };
  expect("energy_core_nJ", energy.compute);
  expect("energy_sram_nJ", energy.buffer);
  expect("energy_dram_nJ", energy.dram);
  expect("energy_total_nJ", energy.total());
}

TEST(PublishedSweep, EqualsEveryRowInTenCountersAndFourEnergies) {
  const CsvTable golden = CsvTable::load(kGolden + "bitfusion_part.csv");
  std::size_t compared = 0;
  for (const CsvTable::Row& row : golden.rows()) {
    const auto machine = testing::shipped(machine_of_sweep(row.text("config")));
    const sim::LayerResult result = sim::run(layer_of_sweep(row), bits_of_sweep(row), machine,
                                             row.integer("batch", 1, kMost), {});
    expect_counters(row, result.details.as<analytic::bitfusion::LayerDetails>().mapping);
    expect_energies(row, result.cost.energy);
    ++compared;
  }
  EXPECT_EQ(compared, 135U);
}

TEST(PublishedSweep, HasTheMachinesOfTheShippedDescriptions) {
  const CsvTable golden = CsvTable::load(kGolden + "bitfusion_part.csv");
  for (const CsvTable::Row& row : golden.rows()) {
    const hardware::BitFusion hw =
        testing::shipped(machine_of_sweep(row.text("config"))).as<hardware::BitFusion>();
    EXPECT_EQ(hw.rows, row.integer("N", 1, kMost));
    EXPECT_EQ(hw.columns, row.integer("M", 1, kMost));
    EXPECT_EQ(hw.unit_bits, row.integer("pmax", 1, kMost));
    EXPECT_EQ(hw.brick_bits, row.integer("pmin", 1, kMost));
    EXPECT_EQ(hw.port_bits, row.integer("mem_bits_per_cycle", 1, kMost));
    EXPECT_EQ(hw.weight_bytes, row.integer("wbuf_bytes", 1, kMost));
    EXPECT_EQ(hw.activation_bytes, row.integer("ibuf_bytes", 1, kMost));
    EXPECT_EQ(hw.output_bytes, row.integer("obuf_bytes", 1, kMost));
  }
}

}  // namespace
}  // namespace bitloom
