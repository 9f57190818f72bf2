#include <benchmark/benchmark.h>

#include <cstdlib>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

const std::string kHardware = BITLOOM_SOURCE_DIR "/configs/hardware";

/// The whole 53 x 8 x 8 table that HAQ published for one network.
void whole_table(benchmark::State& state) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const auto cloud = hardware::load_hardware("bismo-cloud", kHardware);
  for (auto _ : state) {
    const sim::CostTable table(layers, cloud, 16, 8);
    benchmark::DoNotOptimize(table.at(0, {1, 1}));
  }
  state.counters["entries/s"] = benchmark::Counter(static_cast<double>(layers.size() * 64),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(whole_table)->Unit(benchmark::kMillisecond);

/// One policy of one network, as a search asks for it.
void one_policy(benchmark::State& state, const char* network, const char* hardware) {
  const auto layers = graph::layers_of(graph::make_network(network));
  const auto hw = hardware::load_hardware(hardware, kHardware);
  const auto policy = graph::uniform_policy(layers.size(), {4, 6});
  for (auto _ : state)
    benchmark::DoNotOptimize(sim::price(layers, policy, hw, hw.batch(), sim::analytic()));
  state.counters["layers/s"] = benchmark::Counter(static_cast<double>(layers.size()),
                                                  benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(one_policy, mobilenet_v1_edge, "mobilenet_v1", "bismo-edge");
BENCHMARK_CAPTURE(one_policy, resnet50_cloud, "resnet50", "bismo-cloud");

/// A command as a whole process.
void process(benchmark::State& state, const std::string& arguments) {
  const std::string command = std::string(BITLOOM_PROGRAM) + " " + arguments + " > /dev/null";
  for (auto _ : state)
    if (std::system(command.c_str()) != 0) state.SkipWithError("the command failed");
}
BENCHMARK_CAPTURE(process, simulate,
                  "simulate --network mobilenet_v2 --hardware bismo-cloud --bits 8/8")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(process, lut,
                  "lut --network mobilenet_v2 --hardware bismo-cloud -o /tmp/bitloom_bench.npy")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace bitloom
