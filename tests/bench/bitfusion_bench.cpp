#include <benchmark/benchmark.h>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/engines.h"
#include "sim/families/bitfusion/cost.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

const std::string kHardware = BITLOOM_SOURCE_DIR "/configs/hardware";

/// The tiling search for every layer of MobileNet-V1 at 4/6, none remembered from another.
void one_policy(benchmark::State& state, const char* hardware) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v1"));
  const auto hw = hardware::load_hardware(hardware, kHardware);
  for (auto _ : state)
    for (const graph::LayerShape& layer : layers)
      benchmark::DoNotOptimize(sim::price(layer, {4, 6}, hw, hw.batch()));
  state.counters["layers/s"] = benchmark::Counter(static_cast<double>(layers.size()),
                                                  benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(one_policy, haq, "bitfusion-haq")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_policy, sweep, "bitfusion-16x32-bw192")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_policy, apq, "bitfusion-apq")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_policy, cloud_real, "bitfusion-cloud-real")->Unit(benchmark::kMillisecond);

/// Its 28 x 8 x 8 table.
void whole_table(benchmark::State& state, const char* hardware) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v1"));
  const auto hw = hardware::load_hardware(hardware, kHardware);
  for (auto _ : state) {
    const sim::CostTable table(layers, hw, hw.batch(), 8);
    benchmark::DoNotOptimize(table.at(0, {1, 1}));
  }
}
BENCHMARK_CAPTURE(whole_table, haq, "bitfusion-haq")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_table, sweep, "bitfusion-16x32-bw192")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_table, apq, "bitfusion-apq")->Unit(benchmark::kMillisecond);

/// The same policy on SystemC.
void cycle_policy(benchmark::State& state, const char* hardware) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v1"));
  const auto hw = hardware::load_hardware(hardware, kHardware);
  std::int64_t tiles = 0;
  for (auto _ : state)
    for (const graph::LayerShape& layer : layers)
      tiles += sim::run(layer, {4, 6}, hw, hw.batch(), {sim::cycle()})
                   .details.as<analytic::bitfusion::LayerDetails>()
                   .counters->tiles;
  state.counters["tiles/s"] =
      benchmark::Counter(static_cast<double>(tiles), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(cycle_policy, haq, "bitfusion-haq")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cycle_policy, edge_real, "bitfusion-edge-real")->Unit(benchmark::kMillisecond);

/// One layer, with and without skipping what cannot win.
void one_layer(benchmark::State& state, bool exhaustive) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v1"));
  const auto hw =
      hardware::load_hardware("bitfusion-16x32-bw192", kHardware).as<hardware::BitFusion>();
  const graph::LayerShape& layer = layers[10];
  const auto nest = mapping::bitfusion::loop_nest(layer, {4, 6}, hw, hw.batch);
  for (auto _ : state)
    benchmark::DoNotOptimize(analytic::bitfusion::search(layer, nest, hw, exhaustive));
}
BENCHMARK_CAPTURE(one_layer, pruned, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_layer, exhaustive, true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom
