// Blocks in turn (docs/reference/bitfusion.md), counted by hand and against the SystemC engine.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "sim/families/bitfusion/analytic.h"
#include "sim/families/bitfusion/cycle.h"
#include "tests/bitfusion/random_case.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

using analytic::bitfusion::Mapping;
using hardware::BitFusion;
using mapping::bitfusion::Loop;
using mapping::bitfusion::LoopNest;
using mapping::bitfusion::Plan;
using mapping::bitfusion::TileProgram;

/// 2 x 3 units, which a step takes 3 cycles to pass.
BitFusion tiny(std::int64_t port_bits) {
  BitFusion hw;
  hw.name = "tiny-array";
  hw.rows = 2;
  hw.columns = 3;
  hw.weight_bytes = hw.activation_bytes = hw.output_bytes = 6000;
  hw.port_bits = port_bits;
  hw.clock_mhz = 100;
  return hw;
}

std::int64_t priced(const LoopNest& nest, const BitFusion& hw, const Plan& plan) {
  const mapping::bitfusion::Tiling cuts = mapping::bitfusion::cut(nest, hw, plan.tile);
  const analytic::bitfusion::CutTiling tiling{&cuts[0], &cuts[1], &cuts[2], &cuts[3], &cuts[4]};
  const analytic::bitfusion::Pricer pricer(nest, hw);
  return pricer.cost(tiling, pricer.cost(tiling), plan.order).cycles;
}

std::int64_t run(const LoopNest& nest, const BitFusion& hw, const Plan& plan) {
  return cycle::bitfusion::run(TileProgram(nest, hw, plan), hw).timing.total.count();
}

constexpr mapping::bitfusion::LoopOrder kPixelsOutside{Loop::kBatch, Loop::kColumn, Loop::kRow,
                                                       Loop::kIn, Loop::kOut};

TEST(BlocksInTurn, LeaveRoomWhenTheyHavePassedTheArrayAndThePort) {
  BitFusion hw = tiny(1 << 20);
  hw.output_bytes = 24;  // two blocks of a pixel's three outputs
  const graph::LayerShape layer = testing::tiny_convolution(1, 3, 1, 4);
  const LoopNest nest = mapping::bitfusion::loop_nest(layer, {8, 8}, hw, 1);
  const Plan plan{{1, 1, 1, 1, 3}, kPixelsOutside};
  // 16 steps; two of them, then 3 cycles of passage and 1 of the port, seven times.
  EXPECT_EQ(priced(nest, hw, plan), 7 * (3 + 1) + 16 * (7 + 2) / 16 + 1 + 1 + 3);
  EXPECT_NEAR(static_cast<double>(run(nest, hw, plan)), 42, 2);
  hw.oddities.overlap_full = true;
  EXPECT_EQ(priced(nest, hw, plan), 16 + 1 + 1);
}

TEST(BlocksInTurn, AreWaitedForWhereTheFirstPixelNeedsAllWeights) {
  BitFusion hw = tiny(32);
  const graph::LayerShape layer = testing::tiny_convolution(2, 48, 1, 4);
  const LoopNest nest = mapping::bitfusion::loop_nest(layer, {8, 8}, hw, 1);
  const Plan plan{{1, 1, 1, 2, 3}, kPixelsOutside};
  // A pixel has 16 tiles of a step: 24 beats of weights and one of activations come before the last
  // of them, which 15 pixels follow; 3 cycles of passage and a beat of outputs end it.
  EXPECT_EQ(priced(nest, hw, plan), 24 + 1 + 1 + 15 * 16 + 3 + 1);
  EXPECT_NEAR(static_cast<double>(run(nest, hw, plan)), 270, 1);
  hw.oddities.overlap_full = true;
  EXPECT_EQ(priced(nest, hw, plan), 16 * 16 + 2 + 1);
}

TEST(BlocksInTurn, AreWorkedOnAfterTheirLastTileHasCome) {
  const BitFusion hw = tiny(32);
  const graph::LayerShape layer = testing::tiny_convolution(16, 48, 1, 2);
  const LoopNest nest = mapping::bitfusion::loop_nest(layer, {8, 1}, hw, 1);
  const Plan plan{{1, 1, 1, 8, 3},
                  {Loop::kIn, Loop::kBatch, Loop::kColumn, Loop::kRow, Loop::kOut}};
  // Twice 4 pixels of 16 tiles of a step; the 192nd beat of weights comes for the 80th tile.
  EXPECT_EQ(priced(nest, hw, plan), 192 + 128 - 79 + 1 + 3);
  EXPECT_NEAR(static_cast<double>(run(nest, hw, plan)), 245, 3);
}

TEST(BlocksInTurn, MakeTheChosenMappingsAgreeWithSystemC) {
  std::mt19937 random(21);
  double error = 0;
  int compared = 0;
  for (int i = 0; compared < 300 && i < 6000; ++i) {
    const auto c = testing::random_bitfusion_case(random, testing::OddityChoice::kNone);
    try {
      const LoopNest nest =
          mapping::bitfusion::loop_nest(c.layer, c.precision, c.hardware, c.batch);
      const Mapping m = analytic::bitfusion::search(c.layer, nest, c.hardware);
      error += std::abs(
          static_cast<double>(run(nest, c.hardware, m.plan())) / static_cast<double>(m.cycles) - 1);
      ++compared;
    } catch (const UserError&) {
    }  // no tile fits
  }
  ASSERT_EQ(compared, 300);
  EXPECT_LT(error / compared, 0.05);
  RecordProperty("mean_error", std::to_string(error / compared));
}

}  // namespace
}  // namespace bitloom
