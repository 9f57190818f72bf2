// What cannot be mapped is refused in one line; K that overfills the buffers is cut.
#include <gtest/gtest.h>

#include "sim/families/bismo/mapping.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

std::string refusal_of(const graph::LayerShape& layer, graph::Precision bits,
                       const hardware::Bismo& hw, std::int64_t batch = 1) {
  return testing::complaint([&] { mapping::map_layer(layer, bits, hw, batch); });
}

TEST(Mapping, RefusesASumThatCouldOverflowTheAccumulators) {
  hardware::Bismo hw = testing::tiny_hardware();
  // 8 products of at most 15 x 4: 480 in magnitude, which takes 10 bits in two's complement.
  hw.accumulator_bits = 9;
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {3, 4}, hw),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: a sum of 8 products needs 10 "
            "accumulator bits, timing.accumulator_bits is 9");
  hw.accumulator_bits = 10;
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {3, 4}, hw), "no complaint");
}

TEST(Mapping, AllowsTheMostNegativeSumButNotOneMore) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.accumulator_bits = 8;
  // Activations of 1 bit, weights of 5: -16 a product; 8 make -128, which 8 bits hold.
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {5, 1}, hw), "no complaint");
  EXPECT_EQ(refusal_of(testing::tiny_linear(9, 1), {5, 1}, hw),
            "layer 'tiny' at 5/1 cannot be mapped onto tiny-array: a sum of 9 products needs 9 "
            "accumulator bits, timing.accumulator_bits is 8");
}

TEST(Mapping, BoundsSumsByTheGreatestCodesOfLevels) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.coefficients = hardware::Coefficients::kFixedPoint;
  hw.coefficient_bits = 3;
  hw.accumulator_bits = 10;  // to 511: 10 products of at most 7 x 7, whatever the bits
  EXPECT_EQ(refusal_of(testing::tiny_linear(10, 1), {1, 3}, hw), "no complaint");
  EXPECT_EQ(refusal_of(testing::tiny_linear(11, 1), {1, 3}, hw),
            "layer 'tiny' at 1/3 cannot be mapped onto tiny-array: a sum of 11 products needs 11 "
            "accumulator bits, timing.accumulator_bits is 10");
}

TEST(Mapping, RefusesMorePlanesThanCodesHaveBits) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.coefficients = hardware::Coefficients::kFixedPoint;
  hw.coefficient_bits = 3;
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {3, 3}, hw), "no complaint");
  for (const graph::Precision bits : {graph::Precision{4, 1}, graph::Precision{1, 4}})
    EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), bits, hw),
              "layer 'tiny' at " + graph::to_text(bits) +
                  " cannot be mapped onto tiny-array: an operand has more bits than "
                  "coefficient_bits, which is 3");
}

TEST(Mapping, RefusesAWordWhosePlanesOverfillABuffer) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.activation_buffer_words = 3;
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {3, 4}, hw),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: one word with its 4 bit-planes "
            "overfills buffers.activation_words, which is 3");
  hw.activation_buffer_words = 4;
  hw.weight_buffer_words = 2;
  EXPECT_EQ(refusal_of(testing::tiny_linear(8, 1), {3, 4}, hw),
            "layer 'tiny' at 3/4 cannot be mapped onto tiny-array: one word with its 3 bit-planes "
            "overfills buffers.weight_words, which is 2");
}

TEST(Mapping, RefusesWhatCannotBeCounted) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.accumulator_bits = 64;
  const std::string why =
      "layer 'tiny' at 16/16 cannot be mapped onto tiny-array: it takes more cycles or actions "
      "than can be counted";
  EXPECT_EQ(refusal_of(testing::tiny_convolution(1 << 20, 1 << 20, 1, 1 << 12), {16, 16}, hw, 4),
            why);
  // 2^32 slots, which are few, of 2^42 bit products each.
  hw.dm = hw.dn = 1024;
  hw.dk = 4096;
  EXPECT_EQ(refusal_of(testing::tiny_convolution(1 << 20, 1 << 16, 1, 1 << 12), {16, 16}, hw, 4),
            why);
}

TEST(Mapping, RefusesWhatCannotBeCountedBeforeItCounts) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.accumulator_bits = 64;
  hw.dm = hw.dk = hw.dn = 1;
  constexpr std::int64_t kSide = 1 << 16, kChannels = 1 << 24;  // a table's most
  const graph::LayerShape layer = testing::tiny_convolution(kChannels, kChannels, kSide, kSide);
  for (const hardware::Im2col im2col : {hardware::Im2col::kHost, hardware::Im2col::kOnTheFly}) {
    hw.layout.im2col = im2col;
    hw.layout.convert = hardware::Conversion::kAll;
    hw.layout.port_bits = 64;
    EXPECT_EQ(refusal_of(layer, {1, 1}, hw, 1 << 16),
              "layer 'tiny' at 1/1 cannot be mapped onto tiny-array: it takes more cycles or "
              "actions than can be counted");
  }
}

TEST(Mapping, OfHugeBatchesNeverCountsBelowZero) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.dm = hw.dn = 1024;
  graph::LayerShape depthwise = testing::tiny_convolution(144, 144, 3, 28);
  depthwise.kind = graph::LayerKind::kDepthwise;
  depthwise.groups = 144;
  int priced = 0;
  for (std::int64_t batch = 1; batch <= 65536; batch *= 2) {
    try {
      const cost::LayerCost cost = sim::price(depthwise, {8, 8}, hw, batch, sim::analytic());
      for (const Picojoules part :
           {cost.energy.compute, cost.energy.buffer, cost.energy.dram, cost.energy.leakage})
        EXPECT_GT(part, Picojoules(0)) << "batch " << batch;
      EXPECT_GT(cost.dram_bytes(), Bytes(0)) << "batch " << batch;
      ++priced;
    } catch (const UserError&) {
    }
  }
  EXPECT_GT(priced, 8);
}

TEST(Mapping, CutsKIntoChunksOfNearlyEqualLength) {
  const hardware::Bismo hw = testing::tiny_hardware();
  // K = 100: 25 words; 5 bits leave floor(24 / 5) = 4 words: ceil(25 / 4) = 7 chunks of 4.
  const auto m = mapping::map_layer(testing::tiny_linear(100, 9), {2, 5}, hw, 4);
  EXPECT_EQ(m.chunks.words, 25);
  EXPECT_EQ(m.chunks.count(), 7);
  std::int64_t words = 0;
  for (std::int64_t chunk = 0; chunk < m.chunks.count(); ++chunk) {
    words += m.chunks.words_of(chunk);
    EXPECT_LE(m.chunks.words_of(chunk) * 5, hw.activation_buffer_words);
    EXPECT_GT(m.chunks.words_of(chunk), 0);
  }
  EXPECT_EQ(words, 25);
  EXPECT_EQ(m.activations.tiles_per_block, 1) << "one tile pair keeps its accumulators";
  EXPECT_EQ(m.weights.tiles_per_block, 1);
}

TEST(Mapping, KeepsKWholeWhereItJustFits) {
  const hardware::Bismo hw = testing::tiny_hardware();
  EXPECT_EQ(mapping::map_layer(testing::tiny_linear(4 * 4, 9), {2, 6}, hw, 4).chunks.count(), 1);
  EXPECT_EQ(mapping::map_layer(testing::tiny_linear(4 * 4 + 1, 9), {2, 6}, hw, 4).chunks.count(),
            2);
}

}  // namespace
}  // namespace bitloom
