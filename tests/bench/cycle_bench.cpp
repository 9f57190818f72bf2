#include <benchmark/benchmark.h>

#include <sys/resource.h>

#include "base/worker_processes.h"
#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"

namespace bitloom {
namespace {

const std::string kHardware = BITLOOM_SOURCE_DIR "/configs/hardware";

std::int64_t simulate(const graph::LayerShape& layer, graph::Precision bits,
                      const hardware::Bismo& hw) {
  const auto schedule = analytic::schedule(mapping::map_layer(layer, bits, hw, hw.batch), hw);
  return cycle::run(schedule, hw).timing.total.count();
}

/// All layers of MobileNet-V2 at the same bits, batch 16, one after another.
void mobilenet_v2(benchmark::State& state, const hardware::Bismo& cloud) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const auto bits = static_cast<int>(state.range(0));
  std::int64_t cycles = 0;
  for (auto _ : state)
    for (const auto& layer : layers) cycles += simulate(layer, {bits, bits}, cloud);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["cycles/s"] =
      benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
  state.counters["peak MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}
void mobilenet_v2_cloud(benchmark::State& state) {
  mobilenet_v2(state, hardware::load_hardware("bismo-cloud", kHardware).as<hardware::Bismo>());
}
BENCHMARK(mobilenet_v2_cloud)->Arg(8)->Arg(4)->Arg(1)->Unit(benchmark::kMillisecond);

/// With every knob of docs/reference/timing-knobs.md turned on; `sync` 0 is by plane, 1 by block.
void mobilenet_v2_cloud_with_all_knobs(benchmark::State& state) {
  auto cloud = hardware::load_hardware("bismo-cloud", kHardware).as<hardware::Bismo>();
  cloud.result_port_bits = 256;
  cloud.write_back = hardware::WriteBack::kAccumulators;
  cloud.overlap = true;
  cloud.fetch_sync = static_cast<hardware::FetchSync>(state.range(1));
  cloud.fetch_issue_cycles = cloud.execute_issue_cycles = cloud.result_issue_cycles = 8;
  cloud.memory_latency_cycles = 40;
  cloud.pipeline_cycles = 4;
  mobilenet_v2(state, cloud);
}
BENCHMARK(mobilenet_v2_cloud_with_all_knobs)
    ->ArgNames({"bits", "sync"})
    ->Args({8, 0})
    ->Args({8, 1})
    ->Unit(benchmark::kMillisecond);

/// The whole 53 x 8 x 8 table in worker processes; a row of eight entries each turn.
void whole_table(benchmark::State& state) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const auto cloud = hardware::load_hardware("bismo-cloud", kHardware).as<hardware::Bismo>();
  for (auto _ : state)
    map_in_processes(static_cast<std::int64_t>(layers.size()) * 8, static_cast<int>(state.range(0)),
                     [&](std::int64_t row) {
                       std::string cycles;
                       for (int a = 1; a <= 8; ++a)
                         cycles +=
                             std::to_string(simulate(layers[static_cast<std::size_t>(row / 8)],
                                                     {static_cast<int>(row % 8) + 1, a}, cloud)) +
                             ' ';
                       return cycles;
                     });
}
BENCHMARK(whole_table)->Arg(1)->Arg(2)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace bitloom

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
