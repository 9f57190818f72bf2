#include <gtest/gtest.h>

#include "sim/cost/actions.h"
#include "sim/cycle/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

using cycle::Bound;
using mapping::Stage;

TEST(Counters, OfEveryStageAddUpToTheLayersCycles) {
  std::mt19937 random(21);
  for (int i = 0; i < 500; ++i) {
    Case c(random);
    if (i % 2 == 1) c.hardware.memory_latency_cycles = 13;
    const mapping::Schedule schedule = c.schedule();
    const mapping::Mapping& m = schedule.mapping;
    const cycle::Result result = cycle::run(schedule, c.hardware);
    for (const cycle::StageCounters& stage : result.counters.stages) {
      EXPECT_EQ(stage.total(), result.timing.total) << c.text();
      EXPECT_LE(stage.busy, stage.run);
      EXPECT_GE(stage.idle.count(), 0);
    }
    const cost::Actions actions = cost::count_actions(m, c.hardware);
    const auto beats = [&](Stage stage) { return result.counters.of(stage).busy.count(); };
    EXPECT_EQ(beats(Stage::kFetchActivations) * c.hardware.activation_port_bits,
              actions.port_activations.count());
    EXPECT_EQ(beats(Stage::kFetchWeights) * c.hardware.weight_port_bits,
              actions.port_weights.count());
    EXPECT_EQ(beats(Stage::kExecute), result.timing.compute.count());
    EXPECT_EQ(beats(Stage::kResult), m.gemms.count * m.activations.tiles() * m.weights.tiles());
    EXPECT_EQ(result.counters.drain.count(),
              m.gemms.count * m.phases_per_gemm() * c.hardware.pipeline_cycles);
  }
}

TEST(Counters, OfANarrowResultPortCountBeatsAndAddUp) {
  std::mt19937 random(22);
  for (int i = 0; i < 300; ++i) {
    Case c(random);
    c.hardware.result_port_bits = 1 + i;
    const mapping::Mapping m = c.schedule().mapping;
    const cycle::Result result = cycle::run(c.schedule(), c.hardware);
    for (const cycle::StageCounters& stage : result.counters.stages) {
      EXPECT_EQ(stage.total(), result.timing.total) << c.text();
      EXPECT_GE(stage.idle.count(), 0);
    }
    const std::int64_t pairs = m.gemms.count * m.activations.tiles() * m.weights.tiles();
    EXPECT_EQ(result.counters.of(Stage::kResult).busy.count(),
              (pairs - 1) * c.hardware.result_beats() + 1);  // the last one ends after the layer
    EXPECT_EQ(result.counters.result_wait, result.timing.result_stall);
  }
}

/// A square linear layer on a 4 x 8 x 4 array.
cycle::Counters counters_with_ports(std::int64_t activation_bits, std::int64_t weight_bits) {
  hardware::Bismo hw;
  hw.dm = hw.dn = 4;
  hw.dk = 8;
  hw.activation_buffer_words = hw.weight_buffer_words = 64;
  hw.activation_port_bits = activation_bits;
  hw.weight_port_bits = weight_bits;
  graph::LayerShape layer;
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = layer.out_channels = 32;
  const auto schedule = analytic::schedule(mapping::map_layer(layer, {2, 2}, hw, 32));
  return cycle::run(schedule, hw).counters;
}

TEST(Counters, SayWhatBoundsALayer) {
  EXPECT_EQ(counters_with_ports(64, 64).bound(), Bound::kCompute);
  EXPECT_EQ(counters_with_ports(1, 64).bound(), Bound::kActivationFetch);
  EXPECT_EQ(counters_with_ports(64, 1).bound(), Bound::kWeightFetch);
}

TEST(Counters, GiveTheEfficiencyOfAStage) {
  const cycle::Counters fetch_bound = counters_with_ports(1, 64);
  EXPECT_EQ(fetch_bound.of(Stage::kFetchActivations).efficiency(), 1);
  EXPECT_EQ(fetch_bound.of(Stage::kExecute).efficiency(), 1);
  EXPECT_GT(fetch_bound.of(Stage::kExecute).receive, fetch_bound.of(Stage::kExecute).run);
  EXPECT_EQ(cycle::StageCounters{}.efficiency(), 0);
}

}  // namespace
}  // namespace bitloom
