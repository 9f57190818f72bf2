// The rules of docs/reference/bitfusion.md on layers small enough to count by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/families/bitfusion/cost.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

using analytic::bitfusion::Mapping;
using hardware::BitFusion;

/// 2 x 3 units, everything fits, a port of 10 bits, no oddity.
BitFusion tiny() {
  BitFusion hw;
  hw.name = "tiny-array";
  hw.rows = 2;
  hw.columns = 3;
  hw.operand_bits = 16;
  hw.weight_bytes = hw.activation_bytes = hw.output_bytes = 6000;
  hw.port_bits = 10;
  hw.clock_mhz = 100;
  return hw;
}

/// The same behind a port that moves any tile in a cycle.
BitFusion tiny_array() {
  BitFusion hw = tiny();
  hw.port_bits = 1 << 20;
  return hw;
}

Mapping mapped(const graph::LayerShape& layer, graph::Precision bits, const BitFusion& hw,
               std::int64_t batch = 1) {
  return sim::run(layer, bits, hw, batch, {})
      .details.as<analytic::bitfusion::LayerDetails>()
      .mapping;
}

graph::LayerShape tiny_depthwise(std::int64_t channels, std::int64_t side) {
  graph::LayerShape layer = testing::tiny_convolution(channels, channels, 3, side);
  layer.kind = graph::LayerKind::kDepthwise;
  layer.groups = channels;
  return layer;
}

TEST(Packing, RunsOtherWidthsAsTheNextOneUp) {
  const BitFusion hw = tiny();
  const std::pair<std::int64_t, std::int64_t> expected[] = {
      {4, 1}, {4, 1}, {2, 1}, {2, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1},
      {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}};
  for (int bits = 1; bits <= 16; ++bits) {
    const auto packing = mapping::bitfusion::packing(bits, hw);
    EXPECT_EQ(std::pair(packing.packed, packing.cycles), expected[bits - 1]) << bits;
  }
}

TEST(Packing, OfThePublishedModelIsAFloorWhereUnitsAreWide) {
  BitFusion hw = tiny();
  hw.unit_bits = 16;
  EXPECT_EQ(mapping::bitfusion::packing(3, hw).packed, 4);
  hw.oddities.floor_packing = true;
  EXPECT_EQ(mapping::bitfusion::packing(3, hw).packed, 5);
  EXPECT_EQ(mapping::bitfusion::packing(5, hw).packed, 3);
}

TEST(Array, TakesAStepForEveryTwoChannelsAndThreeColumns) {
  // 2 x 2 pixels, 5 inputs on 2 lanes, 4 outputs on 3 columns.
  EXPECT_EQ(mapped(testing::tiny_convolution(5, 4, 1, 2), {8, 8}, tiny_array()).compute_cycles,
            4 * 3 * 2);
  // At 4/4 a unit takes 2 x 2 products.
  EXPECT_EQ(mapped(testing::tiny_convolution(5, 4, 1, 2), {4, 4}, tiny_array()).compute_cycles,
            4 * 1 * 2);
  // At 16/16 a product takes 2 x 2 cycles.
  EXPECT_EQ(mapped(testing::tiny_convolution(5, 4, 1, 2), {16, 16}, tiny_array()).compute_cycles,
            4 * 3 * 2 * 4);
}

TEST(Array, SumsAPositionAtATimeButAnInputLayersWindowAtOnce) {
  graph::LayerShape layer = testing::tiny_convolution(3, 3, 3, 1);
  EXPECT_EQ(mapped(layer, {8, 8}, tiny_array()).compute_cycles, 9 * 2);
  layer.reads_input = true;
  EXPECT_EQ(mapped(layer, {8, 8}, tiny_array()).compute_cycles, 14) << "27 products on 2 lanes";
}

TEST(Array, RunsDepthwiseChannelsOnRowsAndColumnsOfTheirOwn) {
  // 4 channels, 2 at once with a row each: 9 positions. One at once on both rows: 5 steps each.
  EXPECT_EQ(mapped(tiny_depthwise(4, 1), {8, 8}, tiny_array()).compute_cycles, 2 * 9);
  EXPECT_EQ(mapped(tiny_depthwise(1, 1), {8, 8}, tiny_array()).compute_cycles, 5);
  BitFusion proxy = tiny_array();
  proxy.oddities.depthwise_proxy = true;
  EXPECT_EQ(mapped(tiny_depthwise(4, 1), {8, 8}, proxy).compute_cycles, 2 * 5)
      << "three columns share what they cannot";
}

TEST(Array, RunsDepthwiseChannelsAsDenseGroupsOnlyAsAnOddity) {
  BitFusion dense = tiny_array();
  dense.oddities.depthwise_dense_rows = 2;
  // 2 -> 2 channels at once, a position a step.
  EXPECT_EQ(mapped(tiny_depthwise(4, 1), {8, 8}, dense).compute_cycles, 2 * 9);
  EXPECT_EQ(mapped(tiny_depthwise(5, 1), {8, 8}, dense).compute_cycles, 3 * 9);
  // At 4/4 a unit takes 2 x 2 products: 8 -> 8 channels in 3 groups of columns.
  const Mapping m = mapped(tiny_depthwise(4, 1), {4, 4}, dense);
  EXPECT_EQ(m.compute_cycles, 9 * 3);
  EXPECT_EQ(m.traffic.wbuf_write.count(), 9 * 8 * 8 * 4) << "zeros between channels come too";
}

TEST(Array, RunsGroupsOneAfterTheOther) {
  graph::LayerShape grouped = testing::tiny_convolution(4, 6, 3, 2);
  grouped.groups = 2;
  const Mapping both = mapped(grouped, {8, 8}, tiny());
  const Mapping one = mapped(testing::tiny_convolution(2, 3, 3, 2), {8, 8}, tiny());
  EXPECT_EQ(both.cycles, 2 * one.cycles);
  EXPECT_EQ(both.traffic.dram_read, 2 * one.traffic.dram_read);
}

TEST(Port, MovesEachElementOnceWhereEverythingFits) {
  // 3x3, 6 -> 5 channels, 4 x 4 outputs of a 6 x 6 image.
  const Mapping m = mapped(testing::tiny_convolution(6, 5, 3, 4), {4, 6}, tiny());
  EXPECT_EQ(m.traffic.wbuf_write.count(), 9 * 6 * 5 * 4);
  EXPECT_EQ(m.traffic.ibuf_write.count(), 6 * 6 * 6 * 6);
  EXPECT_EQ(m.traffic.dram_write.count(), 4 * 4 * 5 * 6) << "at the activations' width";
  EXPECT_EQ(m.traffic.dram_read, m.traffic.wbuf_write + m.traffic.ibuf_write);
}

TEST(Port, FetchesNoPadding) {
  graph::LayerShape layer = testing::tiny_convolution(2, 3, 3, 4);
  layer.input = {4, 4};
  EXPECT_EQ(mapped(layer, {8, 8}, tiny()).traffic.ibuf_write.count(), 4 * 4 * 2 * 8);
  BitFusion padded = tiny();
  padded.oddities.halo_full = true;
  EXPECT_GE(mapped(layer, {8, 8}, padded).traffic.ibuf_write.count(), 6 * 6 * 2 * 8);
}

TEST(Port, FillsOutputsOnTheFirstVisitOnlyAsAnOddity) {
  BitFusion hw = tiny();
  const graph::LayerShape layer = testing::tiny_convolution(2, 3, 1, 2);
  const std::int64_t without = mapped(layer, {8, 8}, hw).traffic.dram_read.count();
  hw.oddities.psum_first_touch = true;
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.dram_read.count(), without + 2 * 2 * 3 * 32);
}

TEST(Port, PadsWeightsAndOutputsOnlyAsOddities) {
  const graph::LayerShape layer = testing::tiny_convolution(1, 2, 1, 2);  // 1 of 2 lanes, 2 of 3
  BitFusion hw = tiny();
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.wbuf_write.count(), 2 * 8);
  hw.oddities.wgt_pad = true;
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.wbuf_write.count(), 2 * 2 * 8);
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.dram_write.count(), 4 * 2 * 8);
  hw.oddities.out_pad = true;
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.dram_write.count(), 4 * 3 * 8);
}

TEST(Port, RoundsReadsAndWritesUpApartOnlyAsAnOddity) {
  BitFusion hw = tiny();
  hw.output_bytes = 60;  // tiles of 4 pixels
  hw.oddities.overlap_full = hw.oddities.latency_full = hw.oddities.port_packed = true;
  const graph::LayerShape layer = testing::tiny_convolution(3, 5, 1, 5);
  int differing = 0;
  for (hw.port_bits = 4; hw.port_bits < 20; ++hw.port_bits) {
    hw.oddities.port_split = false;
    const std::int64_t together = mapped(layer, {8, 8}, hw).cycles;
    hw.oddities.port_split = true;
    const Mapping apart = mapped(layer, {8, 8}, hw);
    const std::int64_t beats = ceil_div(apart.traffic.dram_read.count(), hw.port_bits) +
                               ceil_div(apart.traffic.dram_write.count(), hw.port_bits);
    EXPECT_EQ(apart.cycles, std::max(apart.compute_cycles + apart.latency_cycles, beats));
    differing += apart.cycles != together;
  }
  EXPECT_GT(differing, 0);
}

TEST(Scratchpads, HoldOperandsAsTheyRunOnlyAsAnOddity) {
  // A pixel, 1 of 4 lanes at 3/6, where a unit takes 2 products; 2 of 3 columns.
  const graph::LayerShape layer = testing::tiny_convolution(1, 2, 1, 1);
  BitFusion hw = tiny();
  using Held = mapping::bitfusion::PerBuffer<std::int64_t>;
  EXPECT_EQ(mapped(layer, {3, 6}, hw).held_bits, (Held{4 * 3 * 3, 6, 3 * 32}));
  hw.oddities.held_as_run = true;
  const Mapping m = mapped(layer, {3, 6}, hw);
  EXPECT_EQ(m.held_bits, (Held{4 * 3 * 4, 4 * 8, 3 * 32}));
  EXPECT_EQ(m.traffic.wbuf_write.count(), 2 * 3) << "bits move as they are";
  EXPECT_EQ(m.traffic.ibuf_write.count(), 6);
}

TEST(Scratchpads, GiveAColumnsNeighbourItsActivation) {
  // 4 pixels, 2 inputs, 6 outputs in 2 groups of columns.
  const graph::LayerShape layer = testing::tiny_convolution(2, 6, 1, 2);
  BitFusion hw = tiny();
  hw.energy.ibuf_read_word_pj.value = hw.energy.wbuf_read_word_pj.value = 1;
  hw.energy.obuf_read_word_pj.value = hw.energy.obuf_write_word_pj.value = 100;
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.ibuf_read.count(), 4 * 2 * 2 * 8);
  hw.oddities.sram_unshared = true;
  EXPECT_EQ(mapped(layer, {8, 8}, hw).traffic.ibuf_read.count(), 4 * 2 * 6 * 8);
}

TEST(Energy, GrowsWithBitsAndUseOfTheArray) {
  BitFusion hw = tiny();
  hw.energy.unit_cycle_pj.value = 16;
  const auto core = [&](const graph::LayerShape& layer, graph::Precision bits) {
    return sim::run(layer, bits, hw, 1, {}).cost.energy.compute.count();
  };
  const graph::LayerShape layer = testing::tiny_convolution(2, 1, 1, 2);  // 8 MACs, 1 of 3 columns
  EXPECT_DOUBLE_EQ(core(layer, {8, 8}), 8 * 16);
  EXPECT_DOUBLE_EQ(core(layer, {4, 2}), 8 * 2);
  hw.oddities.core_energy_flat = true;
  EXPECT_DOUBLE_EQ(core(layer, {8, 8}), 4 * 6 * 16) << "4 cycles of 6 units";
}

TEST(Refusals, NameTheWidestOperands) {
  BitFusion hw = tiny();
  hw.operand_bits = 8;
  EXPECT_EQ(testing::complaint([&] {
              mapped(testing::tiny_linear(2, 2), {8, 9}, hw);
            }),
            "layer 'tiny' at 8/9 cannot be mapped onto tiny-array: its bricks compose operands of "
            "at most 8 bits (array.operand_bits), not 9");
}

TEST(Refusals, NameTheScratchpadThatTheSmallestTileDoesNotFit) {
  BitFusion hw = tiny();
  hw.weight_bytes = 6;  // 24 bits in use
  EXPECT_EQ(testing::complaint([&] {
              mapped(testing::tiny_linear(2, 3), {8, 8}, hw);
            }),
            "layer 'tiny' at 8/8 cannot be mapped onto tiny-array: its smallest tile takes 48 bits "
            "of the weight scratchpad, half of which holds 24 (scratchpads.weight_bytes)");
  hw = tiny();
  hw.output_bytes = 23;  // 92 bits in use
  EXPECT_EQ(testing::complaint([&] {
              mapped(testing::tiny_linear(2, 3), {8, 8}, hw);
            }),
            "layer 'tiny' at 8/8 cannot be mapped onto tiny-array: its smallest tile takes 96 bits "
            "of the output scratchpad, half of which holds 92 (scratchpads.output_bytes)");
}

TEST(Refusals, NameLayersThatCannotBeCounted) {
  EXPECT_EQ(testing::complaint([&] {
              mapped(testing::tiny_convolution(1 << 24, 1 << 24, 1, 1 << 14), {8, 8}, tiny());
            }),
            "layer 'tiny' at 8/8 cannot be mapped onto tiny-array: it takes more cycles or bits "
            "than can be counted");
}

}  // namespace
}  // namespace bitloom
