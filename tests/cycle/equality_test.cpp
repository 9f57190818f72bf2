#include <gtest/gtest.h>

#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

TEST(CycleEngine, EqualsTheClosedFormsOnTenThousandRandomLayers) {
  std::mt19937 random(1);
  int chunked = 0;
  int stalled = 0;
  for (int i = 0; i < 10000; ++i) {
    const Case c(random);
    mapping::Schedule schedule = c.schedule();
    if (i % 2 == 1)  // the slower loop order too
      schedule.outer = static_cast<mapping::OuterOperand>(1 - static_cast<int>(schedule.outer));
    const cost::Timing expected = analytic::run(schedule, c.hardware);
    const cost::Timing timing = cycle::run(schedule, c.hardware).timing;
    ASSERT_EQ(timing.total.count(), expected.total.count()) << "case " << i << ": " << c.text();
    ASSERT_EQ(timing.compute.count(), expected.compute.count()) << c.text();
    ASSERT_EQ(timing.fetch_stall.count(), expected.fetch_stall.count()) << c.text();
    ASSERT_EQ(timing.result_stall.count(), 0) << c.text();
    chunked += schedule.mapping.chunks.count() > 1;
    stalled += timing.fetch_stall.count() > timing.compute.count();
  }
  EXPECT_GT(chunked, 500);
  EXPECT_GT(stalled, 500);
}

/// Cycles of an n-row, 1-word, 1-bit product on a 1 x 1 array with ports of a word.
Cycles dot_products(std::int64_t pixels, hardware::Bismo hw) {
  hw.name = "hand";
  hw.dm = hw.dn = 1;
  hw.dk = hw.activation_port_bits = hw.weight_port_bits = 8;
  hw.activation_buffer_words = hw.weight_buffer_words = 64;
  graph::LayerShape layer;
  layer.name = "hand";
  layer.in_channels = 8;
  layer.output = {1, pixels};
  const auto mapping = mapping::map_layer(layer, {1, 1}, hw, 1);
  return cycle::run({mapping, mapping::OuterOperand::kActivations}, hw).timing.total;
}

TEST(CycleEngine, IssuesABitPairInTheCycleOfItsLastBeat) {
  EXPECT_EQ(dot_products(1, {}).count(), 1);
  EXPECT_EQ(dot_products(5, {}).count(), 5);
}

TEST(CycleEngine, ChargesThePipelineOnceAPhase) {
  hardware::Bismo hw;
  hw.pipeline_cycles = 3;
  EXPECT_EQ(dot_products(5, hw).count(), 8);
  EXPECT_EQ(dot_products(64, hw).count(), 67);      // the buffer holds 64 tiles
  EXPECT_EQ(dot_products(65, hw).count(), 67 + 4);  // and one phase more
}

TEST(ResultPort, LetsATilePairGoEveryRCycles) {
  hardware::Bismo hw;  // accumulators of 32 bits
  hw.result_port_bits = 32;
  EXPECT_EQ(dot_products(5, hw).count(), 5);
  hw.result_port_bits = 31;
  EXPECT_EQ(dot_products(5, hw).count(), 4 * 2 + 1);
  hw.result_port_bits = 8;
  EXPECT_EQ(dot_products(1, hw).count(), 1);  // the last one's beats leave after the layer
  EXPECT_EQ(dot_products(5, hw).count(), 4 * 4 + 1);
}

TEST(ResultPort, CountsFromRetirementAndAcrossPhases) {
  hardware::Bismo hw;
  hw.pipeline_cycles = 3;
  hw.result_port_bits = 1;
  EXPECT_EQ(dot_products(5, hw).count(), 3 + 4 * 32 + 1);
  EXPECT_EQ(dot_products(65, hw).count(), 3 + 64 * 32 + 1);  // a second phase for the last pixel
}

TEST(ResultPort, BindsInTheClosedFormsAsItDoesOnSystemC) {
  std::mt19937 random(8);
  int hidden = 0;
  int binds = 0;
  int in_chunks = 0;
  for (int i = 0; i < 4000; ++i) {
    Case c(random);
    if (i % 10 == 0) c.batch = std::uniform_int_distribution<int>(1, 40)(random);
    c.hardware.result_port_bits =
        std::uniform_int_distribution<int>(1, i % 4 == 0 ? 400 : 8)(random);
    mapping::Schedule schedule = c.schedule();
    if (i % 2 == 1)
      schedule.outer = static_cast<mapping::OuterOperand>(1 - static_cast<int>(schedule.outer));
    const cost::Timing timing = cycle::run(schedule, c.hardware).timing;
    const cost::Timing closed = analytic::run(schedule, c.hardware);
    ASSERT_EQ(timing.total, closed.total)
        << "case " << i << ", result port " << c.hardware.result_port_bits << ": " << c.text();
    ASSERT_LE(closed.result_stall, timing.result_stall) << c.text();
    const mapping::Mapping& m = schedule.mapping;
    if (m.chunks.words * m.precision.activation_bits * m.precision.weight_bits >=
        c.hardware.result_beats()) {
      ++hidden;
      ASSERT_EQ(timing.result_stall.count(), 0) << c.text();
    }
    binds += closed.result_stall > Cycles();
    in_chunks += closed.result_stall > Cycles() && m.chunks.count() > 1;
  }
  EXPECT_GT(hidden, 1000);
  EXPECT_GT(binds, 1000);
  EXPECT_GT(in_chunks, 50);
}

}  // namespace
}  // namespace bitloom
