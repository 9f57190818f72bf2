// One event a step of a tile pair and word at most: how often SystemC's kernel runs a process.
#include <gtest/gtest.h>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/cycle/accelerator.h"
#include "sim/families/bismo/cycle/memory.h"
#include "sim/kit/systemc/simulation_scope.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

std::int64_t steps(const mapping::Mapping& m) {
  return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words;
}

void expect_fewer_wakes_than_steps(const std::string& network, const std::string& hardware_name,
                                   graph::Precision bits) {
  const auto hw = hardware::load_hardware(hardware_name, BITLOOM_SOURCE_DIR "/configs/hardware")
                      .as<hardware::Bismo>();
  std::int64_t wakes = 0, taken = 0;
  for (const auto& layer : graph::layers_of(graph::make_network(network))) {
    const auto schedule = analytic::schedule(mapping::map_layer(layer, bits, hw, hw.batch), hw);
    wakes += cycle::run(schedule, hw).wakes;
    taken += steps(schedule.mapping);
  }
  EXPECT_GT(wakes, 0);
  EXPECT_LE(wakes, taken) << network << " on " << hardware_name;
}

TEST(Wakes, AreFewerThanStepsOverNetworks) {
  expect_fewer_wakes_than_steps("mobilenet_v2", "bismo-cloud", {8, 8});
  expect_fewer_wakes_than_steps("mobilenet_v2", "bismo-edge", {2, 3});
  expect_fewer_wakes_than_steps("resnet50", "bismo-cloud", {8, 8});
}

TEST(Wakes, AfterTheStartAreFewerThanStepsInAnyLayerHoweverMemoryAnswers) {
  std::mt19937 random(71);
  for (int i = 0; i < 1000; ++i) {
    Case c(random);
    const mapping::Schedule schedule = c.schedule();
    cycle::RunOptions options;
    options.outstanding_reads = 1 + static_cast<int>(random() % 8);
    if (random() % 2 == 0) c.hardware.memory_latency_cycles = static_cast<int>(random() % 100);
    if (random() % 2 == 0) c.hardware.result_port_bits = 1 + static_cast<int>(random() % 300);
    if (random() % 2 == 0) options.stall_seed = random();
    if (random() % 2 == 0) options.depths = {{1, 1, 1, 1, 1, 1}};
    if (random() % 2 == 0) options.stream_stalls = {random(), 300};
    EXPECT_LE(cycle::run(schedule, c.hardware, options).wakes - mapping::kStages,
              steps(schedule.mapping))
        << c.text();
  }
}

struct Outcome {
  cost::Timing timing;
  cycle::Counters counters;
  std::int64_t wakes;
  std::int64_t deltas;  // as the kernel counts them
};

Outcome run_with_quantum(const Case& c, sc_core::sc_time quantum) {
  const cycle::SimulationScope scope;
  const sc_core::sc_time period(5, sc_core::SC_NS);
  const mapping::ScheduleProgram program(c.schedule(), c.hardware);
  cycle::Accelerator bismo("bismo", c.hardware, program, {.period = period, .quantum = quantum});
  cycle::Memory memory("memory", cycle::Clock(period), c.hardware, program, 7);
  for (const auto operand : {mapping::Operand::kActivations, mapping::Operand::kWeights})
    bismo.socket(operand).bind(memory.socket(operand));
  sc_core::sc_start();
  bismo.require_finished();
  return {bismo.timing(), bismo.counters(), bismo.wakes(),
          static_cast<std::int64_t>(sc_core::sc_delta_count())};
}

TEST(Wakes, BecomeMoreWithASmallerQuantumAndTheResultStays) {
  std::mt19937 random(72);
  int more_than_steps = 0;
  for (int i = 0; i < 200; ++i) {
    Case c(random);
    if (i % 2 == 1) c.hardware.memory_latency_cycles = 9;
    const Outcome ahead = run_with_quantum(c, sc_core::sc_max_time());
    EXPECT_EQ(ahead.deltas, 1);
    for (const int nanoseconds : {0, 1, 100}) {
      const Outcome held = run_with_quantum(c, sc_core::sc_time(nanoseconds, sc_core::SC_NS));
      EXPECT_EQ(held.timing.total, ahead.timing.total) << c.text();
      EXPECT_EQ(held.counters, ahead.counters) << c.text();
      EXPECT_GE(held.wakes, ahead.wakes);
      EXPECT_GE(held.wakes, held.deltas);
      if (nanoseconds == 0) more_than_steps += held.wakes > steps(c.schedule().mapping);
    }
  }
  EXPECT_GT(more_than_steps, 20);  // where each read is waited for: few tiles a block
}

}  // namespace
}  // namespace bitloom
