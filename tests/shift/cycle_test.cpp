// SystemC against the closed forms, for random layers and machines.
#include <gtest/gtest.h>

#include <functional>

#include "sim/engines.h"
#include "sim/families/shift/analytic.h"
#include "sim/families/shift/cost.h"
#include "sim/families/shift/cycle.h"
#include "sim/simulator.h"
#include "tests/shift/random_case.h"

namespace bitloom {
namespace {

using cost::shift::Spent;
using mapping::shift::Mapping;

void for_random_mappings(int count, std::uint32_t seed,
                         const std::function<void(const Mapping&, const hardware::Shift&)>& check) {
  std::mt19937 random(seed);
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto c = testing::random_shift_case(random);
    check(mapping::shift::map_layer(c.layer, c.precision, c.hardware, c.batch), c.hardware);
  }
}

TEST(CycleEngine, SpendsItsCyclesAsTheClosedFormsSay) {
  Spent all;
  for_random_mappings(1000, 1, [&](const Mapping& m, const hardware::Shift& hw) {
    const Spent expected = analytic::shift::run(m, hw), spent = cycle::shift::run(m, hw).spent;
    EXPECT_EQ(spent.compute, expected.compute);
    EXPECT_EQ(spent.fill, expected.fill);
    EXPECT_EQ(spent.weight_wait, expected.weight_wait);
    EXPECT_EQ(spent.activation_wait, expected.activation_wait);
    EXPECT_EQ(spent.result_wait, expected.result_wait);
    EXPECT_EQ(spent.drain, expected.drain);
    all.weight_wait += spent.weight_wait > 0;
    all.activation_wait += spent.activation_wait > 0;
    all.result_wait += spent.result_wait > 0;
  });
  EXPECT_GT(all.weight_wait, 300);
  EXPECT_GT(all.activation_wait, 100);
  EXPECT_GT(all.result_wait, 100);
}

TEST(CycleEngine, ComputesAndMovesWhatTheClosedFormsSay) {
  for_random_mappings(300, 2, [](const Mapping& m, const hardware::Shift& hw) {
    const auto result = cycle::shift::run(m, hw);
    const auto actions = cost::shift::count_actions(m, hw);
    EXPECT_EQ(result.tiles, m.tiles() * m.blocks());
    EXPECT_EQ(result.shift_adds, actions.shift_adds);
    EXPECT_EQ(result.activation_beats * hw.activation_port_bits, actions.activation_port.count());
    EXPECT_EQ(result.weight_beats * hw.weight_port_bits, actions.weight_port.count());
    EXPECT_EQ(result.result_beats * hw.result_port_bits, actions.result_port.count());
  });
}

TEST(CycleEngine, LosesNothingButTimeToALateMemory) {
  int later = 0;
  for_random_mappings(100, 3, [&](const Mapping& m, const hardware::Shift& hw) {
    const auto at_once = cycle::shift::run(m, hw);
    const auto late = cycle::shift::run(m, hw, {.stall_seed = 5, .tiles_done = {}});
    EXPECT_EQ(late.spent, cycle::shift::run(m, hw, {.stall_seed = 5, .tiles_done = {}}).spent);
    EXPECT_EQ(late.spent.compute, at_once.spent.compute);
    EXPECT_EQ(late.weight_beats, at_once.weight_beats);
    EXPECT_GE(late.spent.total(), at_once.spent.total());
    later += late.spent.total() > at_once.spent.total();
  });
  EXPECT_GT(later, 80);
}

TEST(CycleEngine, PricesTheExampleOfThePage) {
  const graph::LayerShape layer{
      .name = "example", .in_channels = 3, .out_channels = 3, .input = {2, 2}, .output = {2, 2}};
  const auto result = sim::run(layer, {3, 4}, testing::tiny_shift(), 1, {.engine = sim::cycle()});
  EXPECT_EQ(result.cost.timing.total, Cycles(31));
  EXPECT_EQ(result.cost.timing.fetch_stall, Cycles(10));
  EXPECT_EQ(result.cost.timing.result_stall, Cycles(1));
}

}  // namespace
}  // namespace bitloom
