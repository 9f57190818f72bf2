#include <gtest/gtest.h>

#include "models/graph/zoo/zoo.h"
#include "rtl/verify/cycle_check.h"
#include "rtl/verify/layer_run.h"
#include "rtl/verify/linked_cores.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/phase_length.h"
#include "tests/rtl/random_layers.h"

namespace bitloom::verify {
namespace {

std::unique_ptr<Core> shipped(std::int64_t dm, std::int64_t dk) {
  for (const LinkedCore& linked : shipped_cores())
    if (linked.parameters.dm == dm && linked.parameters.dk == dk)
      return linked.make(linked.parameters);
  return nullptr;
}

void expect_equal(Core& core, const std::string& network,
                  const std::vector<graph::Precision>& bits_in_turn) {
  const hardware::Bismo hw = hardware_of(core);
  std::size_t index = 0;
  for (const graph::LayerShape& layer : graph::layers_of(graph::make_network(network))) {
    const graph::Precision precision = bits_in_turn[index++ % bits_in_turn.size()];
    const mapping::Schedule schedule =
        analytic::schedule(mapping::map_layer(layer, precision, hw, 1), hw);
    const Workload workload = random_workload(layer, precision, 1, layer.signed_activations,
                                              WeightCoding::kSigned, Draw::kUniform, index);
    const auto reference = reference_outputs(workload);
    const LayerRun run = run_layer(core, workload, schedule, reference);
    EXPECT_EQ(run.wrong_values, 0) << to_text(*run.first_wrong, layer.name);
    EXPECT_EQ(run.values, static_cast<std::int64_t>(reference.size())) << layer.name;
    const auto wrong =
        check_cycles(run, schedule, analytic::phase_length, analytic::run(schedule, hw).total);
    EXPECT_FALSE(wrong) << to_text(*wrong, layer.name);
    EXPECT_EQ(run.total(), cycle::run(schedule, hw).timing.total) << layer.name;
  }
}

TEST(Network, ResNet20AtThreeMixedPoliciesOn8x8x64And8x8x256) {
  const std::vector<std::vector<graph::Precision>> policies = {
      {{8, 8}, {4, 4}, {2, 2}}, {{1, 3}, {5, 2}, {3, 7}, {6, 1}}, {{16, 4}, {4, 8}}};
  for (const std::int64_t dk : {64, 256}) {
    const auto core = shipped(8, dk);
    for (const auto& policy : policies) expect_equal(*core, "resnet20", policy);
  }
}

TEST(Network, MobileNetV2At4And4BitsOnTheEdgeArray) {
  expect_equal(*shipped(8, 256), "mobilenet_v2", {{4, 4}});
}

}  // namespace
}  // namespace bitloom::verify
