#include <gtest/gtest.h>

#include "base/error.h"
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

TEST(ResultPort, ThatMayBindIsRefusedByTheAnalyticEngine) {
  // Two words of K at 2 x 2 bits: 8 issue slots a tile pair.
  const graph::LayerShape layer = testing::tiny_linear(8, 9);
  EXPECT_EQ(testing::complaint([&] {
              sim::price(layer, {2, 2}, with_result_port(23), 4);
            }),
            "layer 'tiny' at 2/2 on tiny-array: ports.result_bits is 23, so that results take 9 "
            "cycles to leave and may hold the array back: the analytic engine does not model it; "
            "add --engine cycle");
  EXPECT_GT(sim::price(layer, {2, 2}, with_result_port(23), 4, sim::Engine::kCycle)
                .timing.result_stall.count(),
            0);
}

TEST(ResultPort, ThatNeverBindsCostsNothingInEitherEngine) {
  const graph::LayerShape layer = testing::tiny_linear(8, 9);
  const Cycles without = sim::price(layer, {2, 2}, with_result_port(0), 4).timing.total;
  for (const auto engine : {sim::Engine::kAnalytic, sim::Engine::kCycle})
    EXPECT_EQ(sim::price(layer, {2, 2}, with_result_port(24), 4, engine).timing.total, without);
}

}  // namespace
}  // namespace bitloom
