// The SystemC engine against the RTL, and against the slot model where the RTL cannot go.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "rtl/verify/core_builder.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"
#include "tests/rtl/random_layers.h"
#include "tests/rtl/slot_model.h"
#include "tests/rtl/test_cores.h"

namespace bitloom::verify {

/// Arrays with narrow result ports.
std::span<const LinkedCore> narrow_cores();

namespace {

/// The phases of the SystemC engine.
struct PhaseObserver final : cycle::Observer {
  std::vector<PhaseRecord> phases;

  void instruction_begins(mapping::Stage stage, std::int64_t, Cycles at) override {
    if (stage == mapping::Stage::kExecute) phases.push_back({.first_cycle = at.count()});
  }
  void instruction_ends(mapping::Stage stage, std::int64_t, Cycles at) override {
    if (stage == mapping::Stage::kExecute) phases.back().last_cycle = at.count() - 1;
  }
};

struct EngineRun {
  cycle::Result result;
  std::vector<PhaseRecord> phases;
};

EngineRun run_engine(const mapping::Schedule& schedule, const hardware::Bismo& hw,
                     const Stalls& stalls) {
  PhaseObserver observer;
  const cycle::Result result =
      cycle::run(schedule, hw, {.observer = &observer, .stream_stalls = stalls});
  return {result, observer.phases};
}

std::string first_difference(const EngineRun& engine, const std::vector<PhaseRecord>& expected) {
  if (engine.phases.size() != expected.size())
    return fmt::format("{} phases, expected {}", engine.phases.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (engine.phases[i].first_cycle != expected[i].first_cycle ||
        engine.phases[i].last_cycle != expected[i].last_cycle)
      return fmt::format("phase {} from {} to {}, expected from {} to {}", i,
                         engine.phases[i].first_cycle, engine.phases[i].last_cycle,
                         expected[i].first_cycle, expected[i].last_cycle);
  for (const cycle::StageCounters& stage : engine.result.counters.stages)
    if (stage.total() != engine.result.timing.total || stage.busy > stage.run ||
        stage.idle < Cycles(0))
      return "the counters of a stage do not add up";
  return "";
}

std::string compare_with_rtl(Core& core, const ScheduledLayer& layer, const EngineRun& engine,
                             const Stalls& stalls) {
  const LayerRun run =
      run_layer(core, layer.workload, layer.schedule, reference_outputs(layer.workload), stalls);
  if (run.stuck || run.wrong_values != 0) return "the RTL computes wrong values";
  if (run.total() != engine.result.timing.total)
    return fmt::format("{} cycles, the RTL takes {}", engine.result.timing.total.count(),
                       run.total().count());
  if (run.issue_slots() != engine.result.timing.compute.count())
    return fmt::format("{} issue slots, the RTL has {}", engine.result.timing.compute.count(),
                       run.issue_slots());
  return first_difference(engine, run.phases);
}

/// A third of `index`es without stalls, the others stalled more or less.
Stalls stalls_of(int index) {
  if (index % 3 == 0) return {};
  return {static_cast<std::uint64_t>(index), static_cast<std::uint32_t>(50 + 150 * (index % 7))};
}

class OnArray : public ::testing::TestWithParam<LinkedCore> {
 protected:
  std::unique_ptr<Core> core_ = GetParam().make(GetParam().parameters);
  hardware::Bismo hardware_ = hardware_of(*core_);
};

TEST_P(OnArray, TakesTheCyclesOfTheRtlOnRandomLayersWithAndWithoutStalls) {
  RandomLayers layers(hardware_, 11, 6000);
  for (int i = 0; i < 500; ++i) {
    const ScheduledLayer layer = layers.next();
    const Stalls stalls = stalls_of(i);
    const EngineRun engine = run_engine(layer.schedule, hardware_, stalls);
    ASSERT_EQ(compare_with_rtl(*core_, layer, engine, stalls), "") << "layer " << i;
    if (stalls.any()) continue;
    ASSERT_EQ(engine.result.timing.total, analytic::run(layer.schedule, hardware_).total)
        << "layer " << i;
  }
}

/// One bit by one bit, one word of K: a tile pair is computed in one cycle.
ScheduledLayer one_bit_layer(const hardware::Bismo& hw) {
  graph::LayerShape layer;
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = hw.dk;
  layer.out_channels = 4 * hw.dn + 1;
  const std::int64_t batch = 4 * hw.dm + 1;
  const auto schedule = analytic::schedule(mapping::map_layer(layer, {1, 1}, hw, batch), hw);
  return {random_workload(layer, {1, 1}, batch, false, WeightCoding::kBipolar, Draw::kUniform, 5),
          schedule,
          {}};
}

class OnNarrowPort : public OnArray {};

TEST_P(OnNarrowPort, TakesTheCyclesOfTheRtlWhereTheResultPortBinds) {
  const ScheduledLayer layer = one_bit_layer(hardware_);
  EXPECT_EQ(run_engine(layer.schedule, hardware_, {}).result.timing.total,
            analytic::run(layer.schedule, hardware_).total);
  for (int i = 0; i < 12; ++i) {
    const EngineRun engine = run_engine(layer.schedule, hardware_, stalls_of(i));
    EXPECT_EQ(compare_with_rtl(*core_, layer, engine, stalls_of(i)), "");
    EXPECT_GT(engine.result.timing.result_stall.count(), 0);
  }
}

std::string core_name(const ::testing::TestParamInfo<LinkedCore>& info) {
  const CoreParameters& p = info.param.parameters;
  return fmt::format("{}x{}x{}_port{}", p.dm, p.dk, p.dn, p.result_port_bits);
}

INSTANTIATE_TEST_SUITE_P(Test, OnArray,
                         ::testing::ValuesIn(test_cores().begin(), test_cores().end()), core_name);
INSTANTIATE_TEST_SUITE_P(Shipped8x64x8, OnArray, ::testing::Values(shipped_cores().back()),
                         core_name);
INSTANTIATE_TEST_SUITE_P(Narrow, OnArray,
                         ::testing::ValuesIn(narrow_cores().begin(), narrow_cores().end()),
                         core_name);
INSTANTIATE_TEST_SUITE_P(Narrow, OnNarrowPort,
                         ::testing::ValuesIn(narrow_cores().begin(), narrow_cores().end()),
                         core_name);

TEST(CycleEngine, ObeysTheSlotModelAtAnyPipelineResultPortAndStalls) {
  std::mt19937 random(71);
  int held_back = 0;
  int without_pipeline = 0;
  for (int i = 0; i < 3000; ++i) {
    Case c(random);
    c.hardware.result_port_bits = std::uniform_int_distribution<int>(0, i % 2 ? 200 : 2000)(random);
    const mapping::Schedule schedule = c.schedule();
    const Stalls stalls = stalls_of(i);
    const EngineRun engine = run_engine(schedule, c.hardware, stalls);
    const auto expected =
        model_phases(schedule, parameters_of(c.hardware), c.hardware.pipeline_cycles, stalls);
    ASSERT_EQ(first_difference(engine, expected), "")
        << "case " << i << ", result port " << c.hardware.result_port_bits << ": " << c.text();
    const bool held = engine.result.timing.result_stall.count() > 0;
    held_back += held;
    without_pipeline += held && c.hardware.pipeline_cycles == 0;
  }
  EXPECT_GT(held_back, 500);
  EXPECT_GT(without_pipeline, 300);
}

}  // namespace
}  // namespace bitloom::verify
