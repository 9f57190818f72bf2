#include <gtest/gtest.h>

#include <optional>

#include "base/error.h"
#include "models/graph/zoo/zoo.h"
#include "sim/simulator.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

/// None where the machine cannot run the layer, as its scratchpads are too small.
std::optional<double> utilization_of(const graph::LayerShape& layer, graph::Precision bits,
                                     const hardware::Hardware& hw) {
  try {
    return sim::price(layer, bits, hw, hw.batch()).utilization;
  } catch (const UserError& refusal) {
    if (!refusal.is_unsupported()) throw;
    return std::nullopt;
  }
}

TEST(Utilization, IsAtMostOneInEveryLayerOfTheZoo) {
  for (const std::string& name : hardware::hardware_names(testing::kHardwareFolder)) {
    const hardware::Hardware hw = testing::shipped(name);
    for (const graph::ZooEntry& entry : graph::zoo())
      for (const graph::LayerShape& layer : graph::layers_of(graph::make_network(entry.name)))
        for (const graph::Precision bits : {graph::Precision{1, 1}, {2, 7}, {8, 8}}) {
          const auto u = utilization_of(layer, bits, hw);
          if (!u) continue;
          EXPECT_GT(*u, 0) << entry.name << " " << layer.name;
          EXPECT_LE(*u, 1) << entry.name << " " << layer.name << " at " << graph::to_text(bits);
        }
  }
}

TEST(Utilization, IsProductsNeededOverProductsPossible) {
  const hardware::Bismo hw = testing::tiny_hardware();
  const graph::LayerShape layer = testing::tiny_convolution(3, 10, 3, 5);
  const cost::LayerCost cost = sim::price(layer, {3, 2}, hw, 1, sim::analytic());
  const double needed = 25 * 10 * 27 * 3 * 2;
  const double possible = static_cast<double>(cost.timing.total.count()) * (2 * 3 * 4);
  EXPECT_DOUBLE_EQ(cost.utilization, needed / possible);
}

TEST(Utilization, ApproachesOneWhereNothingIsWasted) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.activation_port_bits = hw.weight_port_bits = 1 << 16;
  hw.activation_buffer_words = hw.weight_buffer_words = 1 << 20;
  const graph::LayerShape layer = testing::tiny_convolution(400, 300, 1, 40);
  EXPECT_GT(sim::price(layer, {8, 8}, hw, 1, sim::analytic()).utilization, 0.999);
}

TEST(Timing, SumsToItsTotalInEveryLayerOfTheZoo) {
  const hardware::Bismo hw = testing::shipped_hardware("bismo-edge");
  for (const graph::ZooEntry& entry : graph::zoo())
    for (const graph::LayerShape& layer : graph::layers_of(graph::make_network(entry.name))) {
      const cost::Timing t = sim::price(layer, {5, 3}, hw, 2, sim::analytic()).timing;
      EXPECT_EQ(t.total, t.compute + t.fetch_stall + t.result_stall) << layer.name;
      EXPECT_GE(t.fetch_stall, Cycles(0)) << layer.name;
    }
}

}  // namespace
}  // namespace bitloom
