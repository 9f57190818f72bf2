#include <gtest/gtest.h>

#include "sim/simulator.h"
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
  for (const auto engine : {sim::Engine::kAnalytic, sim::Engine::kCycle}) {
    EXPECT_EQ(total(1, engine) - total(2, engine), 5 * (192 - 96));
    EXPECT_EQ(total(2, engine) - total(8, engine), 5 * (96 - 24));
  }
  EXPECT_EQ(total(23, sim::Engine::kAnalytic), total(23, sim::Engine::kCycle));
}

TEST(ResultPort, ThatNeverBindsCostsNothingInEitherEngine) {
  const graph::LayerShape layer = testing::tiny_linear(8, 9);
  const Cycles without = sim::price(layer, {2, 2}, with_result_port(0), 4).timing.total;
  for (const auto engine : {sim::Engine::kAnalytic, sim::Engine::kCycle})
    EXPECT_EQ(sim::price(layer, {2, 2}, with_result_port(24), 4, engine).timing.total, without);
}

}  // namespace
}  // namespace bitloom
