#include <gtest/gtest.h>

#include "sim/engines.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

hardware::Bismo with_result_port(std::int64_t bits) {
  hardware::Bismo hw = testing::tiny_hardware();  // a tile pair: 2 * 3 * 32 bits
  hw.result_port_bits = bits;
  return hw;
}

TEST(ResultPort, LetsATilePairGoEveryRCyclesInBothEngines) {
  // 4 rows and 9 columns are 2 x 3 tile pairs of 8 issue slots: two words of K at 2 x 2 bits. The
  // first has all its planes from cycle 2 * 4 + 3 * 2 on at the latest, and five follow it.
  const graph::LayerShape layer = testing::tiny_linear(8, 9);
  const auto total = [&](std::int64_t port_bits, sim::Engine engine) {
    return sim::price(layer, {2, 2}, with_result_port(port_bits), 4, engine).timing.total.count();
  };
  for (const auto engine : {sim::analytic(), sim::cycle()}) {
    EXPECT_EQ(total(1, engine) - total(2, engine), 5 * (192 - 96));
    EXPECT_EQ(total(2, engine) - total(8, engine), 5 * (96 - 24));
  }
  EXPECT_EQ(total(23, sim::analytic()), total(23, sim::cycle()));
}

TEST(ResultPort, ThatNeverBindsCostsNothingInEitherEngine) {
  const graph::LayerShape layer = testing::tiny_linear(8, 9);
  const Cycles without = sim::price(layer, {2, 2}, with_result_port(0), 4).timing.total;
  for (const auto engine : {sim::analytic(), sim::cycle()})
    EXPECT_EQ(sim::price(layer, {2, 2}, with_result_port(24), 4, engine).timing.total, without);
}

TEST(WriteBack, OfTheLastTilePairEndsTheLayer) {
  // One pixel, one channel, one word, 1 x 1 bits: a bit pair, then 32 bits by 5.
  hardware::Bismo hw = with_result_port(5);
  const graph::LayerShape layer = testing::tiny_linear(2, 1);
  for (const auto engine : {sim::analytic(), sim::cycle()}) {
    hw.write_back = hardware::WriteBack::kNone;
    EXPECT_EQ(sim::price(layer, {1, 1}, hw, 1, engine).timing.total.count(), 1);
    hw.write_back = hardware::WriteBack::kAccumulators;
    const cost::Timing timing = sim::price(layer, {1, 1}, hw, 1, engine).timing;
    EXPECT_EQ(timing.total.count(), 1 + 7);
    EXPECT_EQ(timing.result_stall.count(), 7);
    hw.write_back = hardware::WriteBack::kActivations;
    EXPECT_EQ(sim::run({layer, {1, 1}, 1, {{}, 11}}, hw, {engine}).cost.timing.total.count(),
              1 + 3);
  }
}

TEST(WriteBack, OfActivationsTakesTheWidestBitsOfTheReaders) {
  std::vector<graph::LayerShape> layers(4, testing::tiny_linear(8, 8));
  const char* names[] = {"a", "b", "c", "d"};
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].name = names[i];
  layers[0].read_by = {"b", "c"};
  layers[1].read_by = {"c", "elsewhere"};
  layers[2].read_by = {"d"};
  const std::vector<sim::Neighbors> expected{{{}, 5}, {5, 16}, {16, 2}, {2, 16}};
  EXPECT_EQ(sim::neighbors_of(layers, {{1, 9}, {1, 5}, {1, 3}, {1, 2}}), expected);
  hardware::Bismo hw = with_result_port(8);
  hw.write_back = hardware::WriteBack::kActivations;
  const graph::Policy policy{{1, 2}, {1, 5}, {1, 3}, {1, 2}};
  EXPECT_EQ(sim::price(layers, policy, hw, 1)[2].timing.total,
            sim::run({layers[2], {1, 3}, 1, {5, 2}}, hw, {}).cost.timing.total);
  EXPECT_EQ(sim::CostTable(layers, hw, 1, 3).at(2, {1, 3}).timing.total,
            sim::run({layers[2], {1, 3}, 1, {3, 3}}, hw, {}).cost.timing.total);
}

TEST(Overlap, FillsHalfOfABufferWithABlock) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.overlap = true;
  hw.activation_buffer_words = 7;
  EXPECT_EQ(testing::complaint([&] {
              sim::price(testing::tiny_linear(4, 1), {1, 4}, hw, 1);
            }),
            "layer 'tiny' at 1/4 cannot be mapped onto tiny-array: one word with its 4 bit-planes "
            "overfills half of buffers.activation_words, which is 7");
}

}  // namespace
}  // namespace bitloom
