#include <gtest/gtest.h>

#include "sim/families/bismo/actions.h"
#include "sim/families/bismo/cycle.h"
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

/// A 4 x 8 x 4 array.
hardware::Bismo small_hardware() {
  hardware::Bismo hw;
  hw.dm = hw.dn = 4;
  hw.dk = 8;
  hw.activation_buffer_words = hw.weight_buffer_words = 64;
  hw.activation_port_bits = hw.weight_port_bits = 64;
  return hw;
}

/// A square linear layer of 32 channels at 2/2 bits: 8 x 8 tiles, 4 words; a phase unless the
/// buffers are smaller.
cycle::Counters counters_on(const hardware::Bismo& hw, const cycle::RunOptions& options = {}) {
  graph::LayerShape layer;
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = layer.out_channels = 32;
  const auto schedule = analytic::schedule(mapping::map_layer(layer, {2, 2}, hw, 32), hw);
  return cycle::run(schedule, hw, options).counters;
}

cycle::Counters counters_with_ports(std::int64_t activation_bits, std::int64_t weight_bits) {
  hardware::Bismo hw = small_hardware();
  hw.activation_port_bits = activation_bits;
  hw.weight_port_bits = weight_bits;
  return counters_on(hw);
}

TEST(Counters, SayWhatBoundsALayer) {
  EXPECT_EQ(counters_with_ports(64, 64).bound(), Bound::kCompute);
  EXPECT_EQ(counters_with_ports(1, 64).bound(), Bound::kActivationFetch);
  EXPECT_EQ(counters_with_ports(64, 1).bound(), Bound::kWeightFetch);
}

/// Fetch activations, fetch weights, execute, result.
using Bounds = std::array<Bound, mapping::kStages>;

Bounds bounds_of(const cycle::Counters& counters) {
  Bounds bounds{};
  for (int i = 0; i < mapping::kStages; ++i)
    bounds[static_cast<std::size_t>(i)] = counters.bound(static_cast<Stage>(i));
  return bounds;
}

TEST(Counters, SayThatANarrowPortBoundsItsFetchAndTheStagesBehindIt) {
  EXPECT_EQ(bounds_of(counters_with_ports(1, 64)),
            (Bounds{Bound::kPort, Bound::kPort, Bound::kActivationFetch, Bound::kExecute}));
  EXPECT_EQ(bounds_of(counters_with_ports(64, 1)),
            (Bounds{Bound::kPort, Bound::kPort, Bound::kWeightFetch, Bound::kExecute}));
}

TEST(Counters, SayThatFetchAwaitsTheArrayWhereManyPhasesAreBoundByCompute) {
  hardware::Bismo hw = small_hardware();
  hw.activation_buffer_words = hw.weight_buffer_words = 32;  // 4 of 8 tiles
  EXPECT_EQ(bounds_of(counters_on(hw)),
            (Bounds{Bound::kExecute, Bound::kExecute, Bound::kCompute, Bound::kExecute}));
}

TEST(Counters, SayThatALateMemoryBoundsFetch) {
  hardware::Bismo hw = small_hardware();
  hw.memory_latency_cycles = 10000;
  const cycle::Counters counters = counters_on(hw);
  EXPECT_EQ(counters.bound(Stage::kFetchActivations), Bound::kMemory);
  EXPECT_EQ(counters.bound(Stage::kFetchWeights), Bound::kMemory);
}

TEST(Counters, SayThatAShallowQueueBoundsFetch) {
  mapping::QueueDepths depths = mapping::QueueDepths::of_hardware(small_hardware());
  depths.of(mapping::Queue::kActivationsReady) = 1;  // a tile of them meets 8 of weights
  const cycle::Counters counters =
      counters_on(small_hardware(), {.depths = depths, .outstanding_reads = 1});
  EXPECT_EQ(counters.bound(Stage::kFetchActivations), Bound::kFullQueue);
  EXPECT_EQ(counters.bound(Stage::kFetchWeights), Bound::kPort);
}

TEST(Counters, SayThatANarrowResultPortBoundsExecute) {
  hardware::Bismo hw = small_hardware();
  hw.result_port_bits = 1;
  EXPECT_EQ(bounds_of(counters_on(hw)),
            (Bounds{Bound::kPort, Bound::kPort, Bound::kResult, Bound::kPort}));
  const cycle::Counters closed =
      counters_on(hw, {.stream_stalls = mapping::StreamStalls(3, 900)});  // open 1 cycle in 10
  EXPECT_EQ(closed.bound(Stage::kResult), Bound::kMemory);
}

TEST(Counters, SayThatALongPipelineBoundsExecute) {
  hardware::Bismo hw = small_hardware();
  hw.activation_buffer_words = hw.weight_buffer_words = 8;  // a tile
  hw.pipeline_cycles = 1000;
  EXPECT_EQ(counters_on(hw).bound(Stage::kExecute), Bound::kPipeline);
}

TEST(Counters, BreakEachStagesCyclesDown) {
  std::mt19937 random(23);
  for (int i = 0; i < 300; ++i) {
    Case c(random);
    c.hardware.result_port_bits = i % 3;
    cycle::RunOptions options;
    if (i % 2 == 1) options.stall_seed = i;
    if (i % 5 == 0) options.depths = {{2, 2, 1, 1, 1, 1}};
    if (i % 7 == 0) options.stream_stalls = mapping::StreamStalls(5, 200);
    const cycle::Result result = cycle::run(c.schedule(), c.hardware, options);
    for (int stage = 0; stage < mapping::kStages; ++stage) {
      const auto of = static_cast<Stage>(stage);
      Cycles sum = result.counters.of(of).idle;
      Cycles most;
      Cycles bound;
      for (const cycle::Spent& spent : result.counters.spent(of)) {
        EXPECT_GE(spent.cycles, Cycles(0));
        sum += spent.cycles;
        most = std::max(most, spent.cycles);
        if (spent.on == result.counters.bound(of)) bound = spent.cycles;
      }
      EXPECT_EQ(sum, result.timing.total) << c.text();
      EXPECT_EQ(bound, most);
    }
  }
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
