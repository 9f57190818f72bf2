// Whole networks on Verilated cores: random tensors, the triple loop's expectations, every layer
// run through the core's streams, every value and phase compared. What a user of `bitloom verify`
// waits for.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "models/graph/zoo/zoo.h"
#include "rtl/verify/cycle_check.h"
#include "rtl/verify/layer_run.h"
#include "rtl/verify/linked_cores.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/phase_length.h"
#include "tests/rtl/random_layers.h"

namespace bitloom::verify {
namespace {

struct Spent {
  std::int64_t cycles = 0;
  double core_seconds = 0;  // in run_layer: core, streams and comparison
};

/// Runs one image of `layer` at 4/4; false where a value or a cycle is wrong.
bool run(Core& core, const graph::LayerShape& layer, Spent& spent) {
  constexpr graph::Precision kBits{4, 4};
  const hardware::Bismo hw = hardware_of(core);
  const mapping::Schedule schedule =
      analytic::schedule(mapping::map_layer(layer, kBits, hw, 1), hw);
  const Workload workload = random_workload(layer, kBits, 1, layer.signed_activations,
                                            WeightCoding::kSigned, Draw::kUniform, 1);
  const auto reference = reference_outputs(workload);
  const auto begin = std::chrono::steady_clock::now();
  const LayerRun run = run_layer(core, workload, schedule, reference);
  spent.core_seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  spent.cycles += run.total().count();
  return run.wrong_values == 0 && run.values == static_cast<std::int64_t>(reference.size()) &&
         !check_cycles(run, schedule, analytic::phase_length, analytic::run(schedule, hw).total);
}

void network(benchmark::State& state, const char* name, std::int64_t dk) {
  const auto linked =
      std::find_if(shipped_cores().begin(), shipped_cores().end(), [dk](const LinkedCore& core) {
        return core.parameters.dm == 8 && core.parameters.dn == 8 && core.parameters.dk == dk;
      });
  const auto core = linked->make(linked->parameters);
  const auto layers = graph::layers_of(graph::make_network(name));
  Spent spent;
  for (auto _ : state)
    for (const graph::LayerShape& layer : layers)
      if (!run(*core, layer, spent)) state.SkipWithError(("wrong: " + layer.name).c_str());
  const auto turns = static_cast<double>(state.iterations());
  state.counters["layers"] = static_cast<double>(layers.size());
  state.counters["cycles"] = static_cast<double>(spent.cycles) / turns;
  state.counters["core_s"] = spent.core_seconds / turns;
  state.counters["cycles/core_s"] = static_cast<double>(spent.cycles) / spent.core_seconds;
}
BENCHMARK_CAPTURE(network, resnet20_8x64x8_4x4, "resnet20", 64)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(network, mobilenet_v2_8x256x8_4x4, "mobilenet_v2", 256)
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

}  // namespace
}  // namespace bitloom::verify
