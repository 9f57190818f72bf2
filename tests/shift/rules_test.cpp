// The rules of docs/reference/shift.md on layers small enough to count by hand.
#include <gtest/gtest.h>

#include "sim/families/shift/analytic.h"
#include "sim/families/shift/cost.h"
#include "sim/simulator.h"
#include "tests/shift/random_case.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

using cost::shift::LayerDetails;
using cost::shift::Spent;
using hardware::Shift;
using mapping::shift::Mapping;
using testing::tiny_shift;

sim::LayerResult priced(const graph::LayerShape& layer, graph::Precision bits, const Shift& hw,
                        std::int64_t batch = 1) {
  return sim::run(layer, bits, hw, batch, {});
}

LayerDetails details_of(const graph::LayerShape& layer, graph::Precision bits, const Shift& hw,
                        std::int64_t batch = 1) {
  return priced(layer, bits, hw, batch).details.as<LayerDetails>();
}

const graph::LayerShape kExample = testing::tiny_convolution(3, 3, 1, 2);
constexpr graph::Precision kExampleBits{3, 4};

TEST(Example, OfThePageTakes31Cycles) {
  const sim::LayerResult result = priced(kExample, kExampleBits, tiny_shift());
  const auto details = result.details.as<LayerDetails>();
  EXPECT_EQ(details.mapping.selected, 1);
  EXPECT_EQ(details.mapping.selected_in(0), 1);
  EXPECT_EQ(details.mapping.selected_in(1), 0);
  EXPECT_EQ(details.mapping.block_pixels, 2);
  EXPECT_EQ(details.spent, (Spent{.compute = 20,
                                  .fill = 6,
                                  .weight_wait = 4,
                                  .activation_wait = 0,
                                  .result_wait = 0,
                                  .drain = 1}));
  EXPECT_EQ(result.cost.timing.total, Cycles(31));
  EXPECT_EQ(result.cost.dram, Bits(184));
  EXPECT_EQ(details.actions.shift_adds, 52);
}

TEST(Example, CountsItsActions) {
  const cost::shift::Actions actions = details_of(kExample, kExampleBits, tiny_shift()).actions;
  EXPECT_EQ(actions.activations_written, Bits(4 * 3 * 4));
  EXPECT_EQ(actions.activations_read, Bits(4 * (3 + 5) * 4)) << "one selected tile of 2 rows";
  EXPECT_EQ(actions.weights_written, Bits(2 * (2 * 5 + 1 * 3) * 3)) << "once a block";
  EXPECT_EQ(actions.sums_written, Bits(4 * (2 * 3 + 1 * 2) * 40));
  EXPECT_EQ(actions.results, Bits(4 * 3 * 4));
  EXPECT_EQ(actions.weight_port, Bits(2 * 11 * 4));
  EXPECT_EQ(actions.activation_port, Bits(2 * 6 * 4));
  EXPECT_EQ(actions.result_port, Bits(2 * 3 * 8));
}

TEST(Energy, IsTheSumOfItsActions) {
  Shift hw = tiny_shift();
  hw.energy.shift_add_pj.value = 3;
  hw.energy.idle_unit_pj.value = 0.5;
  hw.energy.buffer_read_bit_pj.value = 0.25;
  hw.energy.buffer_write_bit_pj.value = 0.125;
  hw.energy.dram_bit_pj.value = 2;
  hw.energy.static_mw.value = 10;
  const cost::Energy energy = priced(kExample, kExampleBits, hw).cost.energy;
  EXPECT_DOUBLE_EQ(energy.compute.count(), 52 * 3 + (31 * 4 - 52) * 0.5);
  EXPECT_DOUBLE_EQ(energy.buffer.count(), (128 + 78 + 1280) * 0.25 + (48 + 78 + 1280) * 0.125);
  EXPECT_DOUBLE_EQ(energy.dram.count(), 184 * 2);
  EXPECT_DOUBLE_EQ(energy.leakage.count(), 31 * 100) << "10 mW for 31 cycles of 10 ns, in pJ";
}

TEST(Selection, RoundsToTheNearestNumberOfTiles) {
  Shift hw = tiny_shift();
  const graph::LayerShape layer = testing::tiny_linear(6, 7);  // 3 x 4 tiles
  const auto selected = [&](double share) {
    hw.selected_share = share;
    return details_of(layer, {3, 4}, hw).mapping.selected;
  };
  EXPECT_EQ(selected(0), 0);
  EXPECT_EQ(selected(0.15), 2);
  EXPECT_EQ(selected(0.5), 6);
  EXPECT_EQ(selected(1), 12);
}

TEST(Selection, IsSpreadEvenlyOverColumnGroups) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    const auto c = testing::random_shift_case(random);
    const Mapping m = mapping::shift::map_layer(c.layer, c.precision, c.hardware, c.batch);
    std::int64_t sum = 0;
    for (std::int64_t group = 0; group < m.groups(); ++group) {
      const std::int64_t here = m.selected_in(group);
      EXPECT_LE(std::abs(here * m.groups() - m.selected), m.groups());
      EXPECT_LE(here, m.row_tiles());
      sum += here;
    }
    EXPECT_EQ(sum, m.selected) << i;
  }
}

TEST(Selection, NeverMakesALayerFaster) {
  std::mt19937 random(4);
  for (int i = 0; i < 2000; ++i) {
    auto c = testing::random_shift_case(random);
    std::int64_t compute = 0, cycles = 0;
    for (int eighths = 0; eighths <= 8; ++eighths) {
      c.hardware.selected_share = eighths / 8.0;
      const Spent spent = details_of(c.layer, c.precision, c.hardware, c.batch).spent;
      EXPECT_GE(spent.compute, compute) << i;
      EXPECT_GE(spent.total(), cycles) << i << " at " << eighths;
      compute = spent.compute;
      cycles = spent.total();
    }
  }
}

TEST(Selection, OfAllTilesDoublesTheComputing) {
  Shift hw = tiny_shift();
  hw.selected_share = 0;
  const std::int64_t once = details_of(kExample, kExampleBits, hw).spent.compute;
  hw.selected_share = 1;
  EXPECT_EQ(details_of(kExample, kExampleBits, hw).spent.compute, 2 * once);
}

TEST(Array, IsAsFastAtFewerBits) {
  const Shift hw = tiny_shift();
  EXPECT_EQ(details_of(kExample, {2, 2}, hw).spent.compute,
            details_of(kExample, {5, 8}, hw).spent.compute);
}

TEST(Blocks, HoldMorePixelsOfFewerBits) {
  Shift hw = tiny_shift();
  hw.sums = 100;
  const auto pixels = [&](int bits) {
    return details_of(kExample, {3, bits}, hw).mapping.block_pixels;
  };
  EXPECT_EQ(pixels(8), 2) << "64 bits hold 2 pixels of 24";
  EXPECT_EQ(pixels(7), 3);
  EXPECT_EQ(pixels(4), 4) << "all of the layer";
}

TEST(Products, RunOneAfterAnother) {
  graph::LayerShape depthwise = testing::tiny_convolution(4, 4, 3, 1);
  depthwise.kind = graph::LayerKind::kDepthwise;
  depthwise.groups = 4;
  const LayerDetails details = details_of(depthwise, {3, 4}, tiny_shift());
  EXPECT_EQ(details.mapping.groups(), 4) << "of one filter each";
  EXPECT_EQ(details.mapping.selected, 5) << "of 4 x ceil(9 / 2)";
  EXPECT_EQ(details.spent.compute, 4 * 5 + 5);
}

TEST(Batch, MakesMorePixelsOfTheSameWeights) {
  Shift hw = tiny_shift();
  hw.sums = 4;
  const LayerDetails details = details_of(testing::tiny_linear(3, 3), {3, 4}, hw, 4);
  EXPECT_EQ(details.mapping.pixels, 4);
  EXPECT_EQ(details.mapping.blocks(), 1);
  EXPECT_EQ(details.actions.weights_written, Bits(13 * 3));
}

TEST(Results, MayBeWiderThanActivations) {
  Shift hw = tiny_shift();
  hw.result_dram_bits = 32;
  const LayerDetails details = details_of(kExample, kExampleBits, hw);
  EXPECT_EQ(details.actions.results, Bits(4 * 3 * 32));
  EXPECT_EQ(details.spent.drain, 2 * 32 / 8);
  EXPECT_GT(details.spent.result_wait, 0);
}

std::string refusal(const graph::LayerShape& layer, graph::Precision bits, const Shift& hw) {
  return testing::complaint([&] { priced(layer, bits, hw); });
}

TEST(Refusals, NameTheBits) {
  EXPECT_EQ(refusal(kExample, {6, 4}, tiny_shift()),
            "layer 'tiny' at 6/4 cannot be mapped onto tiny-array: its words of weights have 2 to "
            "5 bits (array.weight_bits), not 6");
  EXPECT_EQ(refusal(kExample, {1, 4}, tiny_shift()),
            "layer 'tiny' at 1/4 cannot be mapped onto tiny-array: its words of weights have 2 to "
            "5 bits (array.weight_bits), not 1");
  EXPECT_EQ(refusal(kExample, {3, 9}, tiny_shift()),
            "layer 'tiny' at 3/9 cannot be mapped onto tiny-array: its units shift activations of "
            "at most 8 bits (array.activation_bits), not 9");
}

TEST(Refusals, NameSumsThatDoNotFit) {
  Shift hw = tiny_shift();
  hw.activation_bytes = 1 << 16;
  hw.accumulator_bits = 24;
  // Two words of 2^3 and activations of magnitude 2^3: 2^7 a product, 2^23 at 2^16 of them.
  EXPECT_EQ(refusal(testing::tiny_linear((1 << 16) - 1, 1), {3, 4}, hw), "no complaint");
  EXPECT_EQ(refusal(testing::tiny_linear(1 << 16, 1), {3, 4}, hw),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: its sums of 65536 products can "
            "pass 24 bits (array.accumulator_bits)");
  hw.selected_share = 0;
  EXPECT_EQ(refusal(testing::tiny_linear(1 << 16, 1), {3, 4}, hw), "no complaint");
}

TEST(Refusals, NameTheBufferThatOnePixelDoesNotFit) {
  EXPECT_EQ(refusal(testing::tiny_linear(17, 1), {3, 4}, tiny_shift()),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: a pixel takes 68 bits of the "
            "activation buffer, half of which holds 64 (buffers.activation_bytes)");
}

TEST(Refusals, NameProductsOfActivations) {
  graph::LayerShape layer = testing::tiny_linear(3, 3);
  layer.kind = graph::LayerKind::kMatMul;
  layer.second = graph::SecondOperand::kActivation;
  EXPECT_EQ(refusal(layer, {3, 4}, tiny_shift()),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: it multiplies activations, and "
            "only weights are powers of two");
}

TEST(Refusals, NameLayersThatCannotBeCounted) {
  EXPECT_EQ(refusal(testing::tiny_convolution(1 << 24, 1 << 24, 1, 1 << 14), {3, 4}, tiny_shift()),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: it takes more cycles or bits "
            "than can be counted");
}

const std::string kLeastFile =
    "family: shift\n"
    "array: {rows: 2, columns: 3}\n"
    "buffers: {activation_bytes: 64, sums: 4}\n"
    "ports: {activation_bits: 8, weight_bits: 16, result_bits: 32}\n"
    "clock_mhz: 100\n"
    "energy:\n"
    "  shift_add_pj: {value: 1, source: a test}\n"
    "  idle_unit_pj: {value: 1, source: a test}\n"
    "  buffer_read_bit_pj: {value: 1, source: a test}\n"
    "  buffer_write_bit_pj: {value: 1, source: a test}\n"
    "  dram_bit_pj: {value: 1, source: a test}\n"
    "  static_mw: {value: 1, source: a test}\n";

std::string complaint_of(const std::string& what, const std::string& replacement) {
  std::string text = kLeastFile;
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), replacement);
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("mine.yaml", text);
  return testing::without(testing::complaint([&] { hardware::load_hardware(file, ""); }),
                          folder.path().string() + "/");
}

TEST(File, NeedsNoMoreThanSizesPortsClockAndEnergies) {
  const testing::TemporaryFolder folder;
  const auto hw = hardware::load_hardware(folder.write("mine.yaml", kLeastFile), "");
  EXPECT_EQ(hw.as<Shift>().weight_bits, 5);
  EXPECT_EQ(hw.as<Shift>().selected_share, 0.15);
}

TEST(File, IsRefusedAtThePlaceOfTheMistake) {
  EXPECT_EQ(complaint_of("rows: 2", "rows: 0"),
            "mine.yaml:2:15: array.rows: must be in [1, 4096], got 0");
  EXPECT_EQ(complaint_of("columns: 3", "columns: 3, weight_bits: 7"),
            "mine.yaml:2:43: array.weight_bits: must be in [2, 6], got 7");
  EXPECT_EQ(complaint_of("clock_mhz: 100\n", "clock_mhz: 100\nselected_share: 1.5\n"),
            "mine.yaml:6:17: selected_share: must be in [0, 1], got 1.5");
  EXPECT_EQ(complaint_of("sums: 4", "sum: 4"),
            "mine.yaml:3:33: buffers.sum: unknown key 'sum': did you mean sums? (known: "
            "activation_bytes, sums)");
  EXPECT_EQ(complaint_of("  static_mw: {value: 1, source: a test}\n", ""),
            "mine.yaml:7:3: energy: key 'static_mw' is missing");
}

TEST(File, HasAccumulatorsThatHoldAProduct) {
  EXPECT_EQ(complaint_of("columns: 3", "columns: 3, accumulator_bits: 23"),
            "mine.yaml:2:48: array.accumulator_bits: must hold a product of activation_bits (8) "
            "and weight_bits (5): at least 24, got 23");
}

}  // namespace
}  // namespace bitloom
