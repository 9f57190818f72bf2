#include <cstdio>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"

int main() {
  using namespace bitloom;
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  const auto edge = hardware::load_hardware("bismo-edge", CONFIGS);
  const auto policy = graph::uniform_policy(layers.size(), {4, 6});
  Cycles analytic, events;
  for (const auto& cost : sim::price(layers, policy, edge, 1)) analytic += cost.timing.total;
  for (const auto& cost : sim::price(layers, policy, edge, 1, sim::Engine::kCycle))
    events += cost.timing.total;
  std::printf("%lld cycles by both engines\n", static_cast<long long>(analytic.count()));
  return analytic == events && analytic > Cycles(0) ? 0 : 1;
}
