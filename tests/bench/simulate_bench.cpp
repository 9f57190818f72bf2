// Pricing a network and a machine that are loaded: what python_calls.py does from Python.
#include <benchmark/benchmark.h>

#include "pipelines/simulate.h"

namespace bitloom {
namespace {

void loaded(benchmark::State& state, const char* name) {
  const pipelines::Network network = load(pipelines::NetworkChoice{name});
  const pipelines::HardwareChoice choice{.name = BITLOOM_SOURCE_DIR
                                         "/configs/hardware/bismo-edge.yaml"};
  const hardware::Hardware machine = load(choice, pipelines::Host{});
  const graph::Policy bits = graph::uniform_policy(network.layers.size(), {4, 4});
  for (auto _ : state) {
    const reports::Simulation simulated = pipelines::simulate(
        network, bits, machine, {.layers = pipelines::NetworkLayers{}, .hardware = choice});
    benchmark::DoNotOptimize(reports::totals_of(simulated).timing.total);
  }
}

BENCHMARK_CAPTURE(loaded, resnet20, "resnet20")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, mobilenet_v2, "mobilenet_v2")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, densenet121, "densenet121")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bitloom
