// Whole networks on integers, one image, one thread, random codes.

#include <benchmark/benchmark.h>

#include <string>

#include "models/graph/zoo/zoo.h"
#include "models/integer/network.h"
#include "tests/support/random_network.h"

namespace bitloom::integer {
namespace {

void network(benchmark::State& state, const char* name, graph::Precision precision) {
  const graph::Graph graph = graph::make_network(name);
  testing::NetworkDraw draw(1);
  const auto policy = graph::uniform_policy(graph::layers_of(graph).size(), precision);
  const auto [layers, parameters] = draw.network(graph, policy);
  const IntegerNetwork integer_network(lower(graph, layers, parameters));
  const std::vector<float> image = draw.image(graph);
  for (auto _ : state) benchmark::DoNotOptimize(integer_network.run(image, fastest_kernel()));
}

const bool kRegistered = [] {
  for (const char* name : {"resnet20", "mobilenet_v1_0.75", "mobilenet_v2", "squeezenet_v1.1"})
    for (const graph::Precision precision : {graph::Precision{2, 2}, {4, 4}, {8, 8}})
      benchmark::RegisterBenchmark((std::string(name) + "/" + to_text(precision)).c_str(), network,
                                   name, precision)
          ->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace bitloom::integer
