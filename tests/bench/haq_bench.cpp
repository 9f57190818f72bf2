#include <benchmark/benchmark.h>

#include "models/torch/memory.h"
#include "models/torch/processors.h"
#include "search/agent/ddpg.h"
#include "search/agent/haq_environment.h"
#include "search/agent/haq_searcher.h"
#include "search/policy/random_moves.h"
#include "tests/search/tiny_network.h"

namespace bitloom {
namespace {

const std::vector<int> kAllBits{2, 3, 4, 5, 6, 7, 8};

/// A network at 0.6x latency on the edge array.
struct Searched {
  explicit Searched(const std::string& name)
      : network(testing::drawn_network(name, "bismo-edge", kAllBits, kAllBits)),
        space(network, {{0, 0.6 * testing::cost_at_8_bits(network, 0)}}) {
    nn::use_processors(1);
    nn::keep_freed_memory();
  }
  search::NetworkProblem network;
  search::PolicySpace space;
};

/// tests/bench/ddpg_update.py times the same step in PyTorch.
void BM_Update(benchmark::State& state) {
  const Searched searched("resnet20");
  const auto agent = search::ddpg_agent({.capacity = 2560}, 1);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> even;
  for (int i = 0; i < 2560; ++i) {
    std::vector<float> now(10), next(10);
    for (float& value : now) value = even(random);
    for (float& value : next) value = even(random);
    agent->remember({now, even(random), even(random), next, i % 40 == 39});
  }
  for (auto _ : state) agent->update();
}
BENCHMARK(BM_Update)->Unit(benchmark::kMillisecond);

/// States, actions at random, the wall and the costs of MobileNet-V2's 53 layers.
void BM_RolloutOfMobileNetV2(benchmark::State& state) {
  const Searched searched("mobilenet_v2");
  const search::HaqEnvironment environment(searched.space, searched.network.layers);
  search::RandomMoves random(searched.space, 1);
  for (auto _ : state) {
    search::Levels levels;
    for (std::size_t step = 0; step < environment.steps(); ++step) {
      benchmark::DoNotOptimize(environment.state(step, levels));
      levels.push_back(environment.level(step, static_cast<float>(random.real())));
    }
    searched.space.lower_to_limits(levels, searched.space.last_to_first());
    benchmark::DoNotOptimize(searched.space.costs(levels));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RolloutOfMobileNetV2);

/// HAQ's schedule on ResNet-20, an update a step, accuracy not measured.
void BM_EpisodesOfResNet20(benchmark::State& state) {
  const Searched searched("resnet20");
  const auto haq = search::haq_searcher({.space = searched.space,
                                         .episodes = 600,
                                         .seed = 1,
                                         .make_agent = search::ddpg_agent,
                                         .warmup = 1});
  haq->ask();
  haq->tell(0);
  for (auto _ : state) {
    haq->ask();
    haq->tell(-1);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_EpisodesOfResNet20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom
