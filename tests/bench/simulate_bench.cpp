// Pricing a network and a machine that are loaded: what python_calls.py does from Python.
#include <benchmark/benchmark.h>

#include "pipelines/simulate.h"

namespace bitloom {
namespace {

/// A third of each layer's filters at 2, 4 and 6 bits each.
graph::FilterPolicy three_widths(const std::vector<graph::LayerShape>& layers) {
  graph::FilterPolicy policy{graph::uniform_policy(layers.size(), {6, 4})};
  for (const graph::LayerShape& layer : layers) {
    graph::FilterBits& filters = policy.filters.emplace_back();
    for (std::int64_t f = 0; f < layer.out_channels; ++f)
      filters.push_back(2 + 2 * static_cast<int>(f % 3));
  }
  return policy;
}

void loaded(benchmark::State& state, const char* name, bool by_filter) {
  const pipelines::Network network = load(pipelines::NetworkChoice{name});
  const pipelines::HardwareChoice choice{.name = BITLOOM_SOURCE_DIR
                                         "/configs/hardware/bismo-edge.yaml"};
  const hardware::Hardware machine = load(choice, pipelines::Host{});
  const graph::FilterPolicy bits =
      by_filter ? three_widths(network.layers)
                : graph::FilterPolicy{graph::uniform_policy(network.layers.size(), {4, 4})};
  for (auto _ : state) {
    const reports::Simulation simulated = pipelines::simulate(
        network, bits, machine, {.layers = pipelines::NetworkLayers{}, .hardware = choice});
    benchmark::DoNotOptimize(reports::totals_of(simulated).timing.total);
  }
}

BENCHMARK_CAPTURE(loaded, resnet20, "resnet20", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, mobilenet_v2, "mobilenet_v2", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, densenet121, "densenet121", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, resnet20_by_filter, "resnet20", true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(loaded, mobilenet_v2_by_filter, "mobilenet_v2", true)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bitloom
