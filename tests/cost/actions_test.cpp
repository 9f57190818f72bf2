// Actions counted one by one, in loops over blocks, tiles, words, planes and rows.
#include <gtest/gtest.h>

#include "sim/engines.h"
#include "sim/simulator.h"
#include "tests/support/priced_on_bismo.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

struct Operand {
  std::int64_t rows, tile_rows, port_bits, bits;
  std::int64_t tiles_per_block;
};

struct Counted {
  std::int64_t dpu_steps = 0, read_bits = 0, written_bits = 0, port_activations = 0,
               port_weights = 0;
};

/// The bits that a port moves for one word of one row: whole beats of what the word holds of K.
std::int64_t word_port_bits(std::int64_t word, std::int64_t reduction, std::int64_t dk,
                            std::int64_t port_bits) {
  std::int64_t left = std::min(dk, reduction - word * dk), moved = 0;
  for (; left > 0; left -= port_bits) moved += port_bits;
  // A full word is always fetched whole.
  return moved;
}

/// Loads of an operand's tiles [first, last) for all words and planes.
std::int64_t load(const Operand& operand, std::int64_t first_tile, std::int64_t last_tile,
                  std::int64_t first_word, std::int64_t last_word, std::int64_t reduction,
                  std::int64_t dk, Counted& counted) {
  std::int64_t moved = 0;
  for (std::int64_t row = first_tile * operand.tile_rows;
       row < std::min(operand.rows, last_tile * operand.tile_rows); ++row)
    for (std::int64_t word = first_word; word < last_word; ++word)
      for (std::int64_t plane = 0; plane < operand.bits; ++plane) {
        counted.written_bits += dk;
        moved += word_port_bits(word, reduction, dk, operand.port_bits);
      }
  return moved;
}

std::int64_t tiles_of(const Operand& operand) {
  std::int64_t tiles = 0;
  for (std::int64_t row = 0; row < operand.rows; row += operand.tile_rows) ++tiles;
  return tiles;
}

Counted count(const Operand& activations, const Operand& weights, std::int64_t reduction,
              std::int64_t words_per_chunk, const hardware::Bismo& hw) {
  Counted counted;
  std::int64_t words = 0;
  for (std::int64_t bit = 0; bit < reduction; bit += hw.dk) ++words;
  for (std::int64_t a = 0; a < tiles_of(activations); a += activations.tiles_per_block)
    for (std::int64_t w = 0; w < tiles_of(weights); w += weights.tiles_per_block)
      for (std::int64_t k = 0; k < words; k += words_per_chunk) {
        const std::int64_t a_end = std::min(tiles_of(activations), a + activations.tiles_per_block);
        const std::int64_t w_end = std::min(tiles_of(weights), w + weights.tiles_per_block);
        const std::int64_t k_end = std::min(words, k + words_per_chunk);
        counted.port_activations +=
            load(activations, a, a_end, k, k_end, reduction, hw.dk, counted);
        counted.port_weights += load(weights, w, w_end, k, k_end, reduction, hw.dk, counted);
        for (std::int64_t i = a; i < a_end; ++i)
          for (std::int64_t j = w; j < w_end; ++j)
            for (std::int64_t word = k; word < k_end; ++word)
              for (std::int64_t pair = 0; pair < activations.bits * weights.bits; ++pair) {
                counted.dpu_steps += hw.dm * hw.dn;  // every DPU steps, used or not
                counted.read_bits += (hw.dm + hw.dn) * hw.dk;
              }
      }
  return counted;
}

void expect_equal(const cost::Actions& actions, const Counted& counted) {
  EXPECT_EQ(actions.dpu_steps, counted.dpu_steps);
  EXPECT_EQ(actions.buffer_read.count(), counted.read_bits);
  EXPECT_EQ(actions.buffer_written.count(), counted.written_bits);
  EXPECT_EQ(actions.port_activations.count(), counted.port_activations);
  EXPECT_EQ(actions.port_weights.count(), counted.port_weights);
}

testing::PricedOnBismo priced(const graph::LayerShape& layer, graph::Precision bits,
                              const hardware::Bismo& hw) {
  return testing::priced_on_bismo(layer, bits, hw);
}

TEST(Actions, OfOneTilePairAreAsWrittenOut) {
  // 1 pixel, 1 channel, K = 6: two words of 4 bits, the second half full; 2-bit activations,
  // 1-bit weights.
  const hardware::Bismo hw = testing::tiny_hardware();
  const cost::Actions actions = priced(testing::tiny_linear(6, 1), {1, 2}, hw).actions;
  EXPECT_EQ(actions.dpu_steps, (2 * 3) * 2 * 2 * 1) << "6 DPUs, 2 words, 2 x 1 planes";
  EXPECT_EQ(actions.buffer_read.count(), 4 * (2 + 3) * 4) << "4 slots, 5 buffers, 4 bits";
  EXPECT_EQ(actions.buffer_written.count(), (2 * 2 + 2 * 1) * 4) << "6 words of 4 bits";
  EXPECT_EQ(actions.port_activations.count(), 2 * (2 + 1) * 2) << "2 planes, 2 + 1 beats of 2";
  EXPECT_EQ(actions.port_weights.count(), (2 + 1) * 3) << "2 + 1 beats of 3 bits";
}

TEST(Actions, OfCodesAreAsWrittenOut) {
  // As above: 4 slots of 2 x 3 DPUs; 2 words of the weights' plane, each with a code of 5 bits.
  hardware::Bismo hw = testing::tiny_hardware();
  hw.coefficients = hardware::Coefficients::kFixedPoint;
  hw.coefficient_bits = 5;
  const cost::Actions actions = priced(testing::tiny_linear(6, 1), {1, 2}, hw).actions;
  EXPECT_EQ(actions.multiplications, 4 * (2 * 3 + 3)) << "of each DPU, and one a column";
  EXPECT_EQ(actions.port_codes.count(), 2 * 5);
  EXPECT_EQ(actions.port_weights.count(), (2 + 1) * 3) << "over a lane of their own";
  EXPECT_EQ(actions.buffer_written.count(), (2 * 2 + 2 * 1) * 4 + 2 * 5);
  EXPECT_EQ(actions.buffer_read.count(), 4 * (2 + 3) * 4 + 4 * 3 * 5);
}

TEST(Actions, OfSeveralBlocksEqualAWalkOverThem) {
  // K = 3 x 9 = 27: 7 words; 25 pixels: 13 tiles; 10 channels: 4 tiles. 24 words hold
  // floor(floor(24 / 3) / 7) = 1 tile of activations and floor(floor(24 / 1) / 7) = 3 of weights.
  const hardware::Bismo hw = testing::tiny_hardware();
  const cost::Actions actions = priced(testing::tiny_convolution(3, 10, 3, 5), {1, 3}, hw).actions;
  expect_equal(actions,
               count({.rows = 25, .tile_rows = 2, .port_bits = 2, .bits = 3, .tiles_per_block = 1},
                     {.rows = 10, .tile_rows = 3, .port_bits = 3, .bits = 1, .tiles_per_block = 3},
                     27, 7, hw));
}

TEST(Actions, OfAChunkedReductionEqualAWalkOverItsChunks) {
  // K = 4 x 9 = 36: 9 words; 5 bits leave room for floor(24 / 5) = 4, so 3 chunks of 3 words, one
  // tile pair at a time.
  const hardware::Bismo hw = testing::tiny_hardware();
  const cost::Actions actions = priced(testing::tiny_convolution(4, 7, 3, 3), {2, 5}, hw).actions;
  expect_equal(actions,
               count({.rows = 9, .tile_rows = 2, .port_bits = 2, .bits = 5, .tiles_per_block = 1},
                     {.rows = 7, .tile_rows = 3, .port_bits = 3, .bits = 2, .tiles_per_block = 1},
                     36, 3, hw));
}

TEST(Actions, OfGroupsAreThoseOfOneTimesTheirNumber) {
  const hardware::Bismo hw = testing::tiny_hardware();
  graph::LayerShape grouped = testing::tiny_convolution(6, 4, 3, 4);
  grouped.groups = 2;
  const cost::Actions both = priced(grouped, {2, 2}, hw).actions;
  const cost::Actions one = priced(testing::tiny_convolution(3, 2, 3, 4), {2, 2}, hw).actions;
  EXPECT_EQ(both.dpu_steps, 2 * one.dpu_steps);
  EXPECT_EQ(both.buffer_read, 2 * one.buffer_read);
  EXPECT_EQ(both.port(), 2 * one.port());
}

TEST(Actions, OfComputeFillTheCyclesThatCompute) {
  const hardware::Bismo hw = testing::tiny_hardware();
  const auto cost = priced(testing::tiny_convolution(3, 10, 3, 5), {3, 4}, hw);
  EXPECT_EQ(cost.actions.dpu_steps, cost.timing.compute.count() * hw.dm * hw.dn);
}

TEST(Actions, OfResultsThatAreWrittenBackAreThoseThatTheLayerHas) {
  // 25 pixels are 12 tiles of 2 and one of 1, 10 channels 3 of 3 and one of 1; a port of 16 bits.
  hardware::Bismo hw = testing::tiny_hardware();
  const graph::LayerShape layer = testing::tiny_convolution(3, 10, 3, 5);
  EXPECT_EQ(priced(layer, {1, 3}, hw).actions.port_results.count(), 0);
  hw.result_port_bits = 16;
  EXPECT_EQ(priced(layer, {1, 3}, hw).actions.port_results.count(), 0);
  hw.write_back = hardware::WriteBack::kAccumulators;
  const auto sums = priced(layer, {1, 3}, hw);
  EXPECT_EQ(sums.actions.port_results.count(), 25 * 10 * 32) << "each result takes two beats";
  EXPECT_EQ(sums.dram,
            sums.actions.port_activations + sums.actions.port_weights + sums.actions.port_results);
  hw.write_back = hardware::WriteBack::kActivations;
  const auto codes = [&](int bits) {
    const auto written = testing::with_actions(sim::run({layer, {1, 3}, 1, {{}, bits}}, hw, {}));
    return written.actions.port_results.count() / 16;
  };
  // 5 bits: 30, 10 (1 channel), 15 (1 pixel) and 5 bits of a tile pair: 2, 1, 1 and 1 beats.
  EXPECT_EQ(codes(5), 12 * 3 * 2 + 12 * 1 + 3 * 1 + 1);
  EXPECT_EQ(codes(16), 25 * 10);
}

TEST(Actions, OfDramHaveTheBurstsThatAreWritten) {
  hardware::Bismo hw = testing::shipped_hardware("bismo-edge-real");
  const graph::LayerShape layer = testing::tiny_convolution(3, 10, 3, 5);
  hw.layout = {};
  hw.result_port_bits = 64;
  hw.write_back = hardware::WriteBack::kNone;
  EXPECT_EQ(priced(layer, {4, 4}, hw).actions.dram.write_bursts, 0);
  hw.write_back = hardware::WriteBack::kAccumulators;
  for (const auto engine : {sim::analytic(), sim::cycle()}) {
    const cost::Actions actions = testing::priced_on_bismo(layer, {4, 4}, hw, engine).actions;
    EXPECT_EQ(actions.port_results.count(), 25 * 10 * 32);
    EXPECT_GE(actions.dram.write_bursts, 63) << "1000 bytes in bursts of 16";
    EXPECT_LE(actions.dram.write_bursts, 70) << "and not twice";
  }
}

TEST(Actions, CountBytesOfDramFromTheBeatsOfBothPorts) {
  const hardware::Bismo hw = testing::tiny_hardware();
  const cost::LayerCost cost = priced(testing::tiny_linear(6, 1), {1, 2}, hw);
  EXPECT_EQ(cost.dram_bytes(), Bytes((12 + 9 + 7) / 8));
}

}  // namespace
}  // namespace bitloom
