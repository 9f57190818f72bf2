#include <benchmark/benchmark.h>

#include "pipelines/explore/evaluator.h"
#include "pipelines/explore/store.h"
#include "search/explore/front.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const pipelines::Host kHost{.hardware_folder = BITLOOM_SOURCE_DIR "/configs/hardware"};

pipelines::Space space_on(const std::string& hardware, const std::string& network) {
  return pipelines::space_of("bench.yaml", "hardware: " + hardware + R"(
knobs:
  array.dm: {from: 2, to: 16, step: 1}
  array.dk: {from: 32, to: 256, times: 2}
  array.dn: {from: 2, to: 16, step: 1}
  buffers.activation_words: {from: 512, to: 4096, times: 2}
  buffers.weight_words: {from: 512, to: 4096, times: 2}
constraints: [lut <= 200000]
bits: 4/4
objectives: [latency, energy, lut]
networks: [)" + network + "]\n",
                             kHost);
}

/// Whole-network prices of different machines, items a second; every 7th point of the space.
void evaluate(benchmark::State& state, const char* hardware, const char* network) {
  const pipelines::Space space = space_on(hardware, network);
  const pipelines::Evaluator evaluator(space);
  std::int64_t point = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.evaluate(point).metrics.data());
    point = (point + 7) % *space.grid.size();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(evaluate, mobilenet_v2, "bismo-edge", "mobilenet_v2");
BENCHMARK_CAPTURE(evaluate, resnet50, "bismo-edge", "resnet50");
BENCHMARK_CAPTURE(evaluate, mobilenet_v2_with_dram, "bismo-edge-real", "mobilenet_v2");

/// Points added to a store in batches of 1024, items a second.
void store(benchmark::State& state) {
  const pipelines::Space space = space_on("bismo-edge", "resnet20");
  const pipelines::Evaluated priced = pipelines::Evaluator(space).evaluate(0);
  std::vector<pipelines::Evaluated> batch(1024, priced);
  const testing::TemporaryFolder folder;
  std::int64_t files = 0, next = 0;
  std::optional<pipelines::Store> store;
  for (auto _ : state) {
    if (!store || next + 1024 > *space.grid.size()) {
      store.emplace(
          pipelines::Store::open(folder.file(std::to_string(files++)), pipelines::about_of(space)));
      next = 0;
    }
    for (pipelines::Evaluated& each : batch) each.point = next++;
    store->add(batch);
  }
  state.SetItemsProcessed(state.iterations() * 1024);
}
BENCHMARK(store);

}  // namespace
}  // namespace bitloom
