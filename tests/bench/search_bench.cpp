#include <benchmark/benchmark.h>

#include <cmath>

#include "search/policy/methods.h"
#include "search/solvers/dynamic_program.h"
#include "search/solvers/sweep.h"
#include "tests/search/tiny_network.h"

namespace bitloom {
namespace {

/// MobileNet-V2 with 49 choices for each of 53 layers; sensitivities drawn at random.
const search::NetworkProblem& mobilenet_v2() {
  static const search::NetworkProblem network = testing::drawn_network(
      "mobilenet_v2", "bismo-edge", {2, 3, 4, 5, 6, 7, 8}, {2, 3, 4, 5, 6, 7, 8});
  return network;
}

/// `parts` percent of each of as many costs at 8/8: latency, energy, dram, size, bops.
std::vector<search::Limit> limits_at(std::initializer_list<int> parts) {
  std::vector<search::Limit> limits;
  for (const int percent : parts)
    limits.push_back(
        {limits.size(), percent / 100.0 * testing::cost_at_8_bits(mobilenet_v2(), limits.size())});
  return limits;
}

void solve(benchmark::State& state, const char* method, const std::vector<search::Limit>& limits) {
  bool proved = true;
  for (auto _ : state) {
    const auto answer = search::find_method(method).solve(mobilenet_v2(), limits, {});
    proved = proved && answer.solution && answer.solution->proved_optimal;
  }
  if (!proved) state.SkipWithError("not proved optimal");
}
BENCHMARK_CAPTURE(solve, one_budget, "hawq-v3", limits_at({50}))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(solve, two_budgets, "hawq-v3", limits_at({50, 55}))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(solve, two_tight_budgets, "hawq-v3", limits_at({30, 35}))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(solve, five_budgets, "hawq-v3", limits_at({50, 55, 60, 60, 40}))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(solve, sequences_one_budget, "hawq-v2", limits_at({50}))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(solve, sequences_two_budgets, "hawq-v2", limits_at({50, 55}))
    ->Unit(benchmark::kMillisecond);

/// Two budgets on an array whose costs have large steps, drawn anew five times.
void two_budgets_of_large_steps(benchmark::State& state) {
  search::NetworkProblem network = testing::network_of_large_steps();
  const std::vector<search::Limit> limits{{0, 0.5 * testing::cost_at_8_bits(network, 0)}, {3, 1.5}};
  for (auto _ : state) {
    std::mt19937_64 random(3);
    for (int drawn = 0; drawn < 5; ++drawn) {
      testing::draw_omegas(network, random);
      const auto answer = search::solve(network.problem, {.limits = limits});
      if (!answer.solution || !answer.solution->proved_optimal)
        state.SkipWithError("not proved optimal");
    }
  }
}
BENCHMARK(two_budgets_of_large_steps)->Unit(benchmark::kMillisecond);

void frontier_of_50(benchmark::State& state, const char* method) {
  for (auto _ : state) {
    const auto frontier = search::sweep(
        limits_at({50}), 50,
        [&](const std::vector<search::Limit>& limits, const search::SolveOptions&) {
          return search::find_method(method).solve(mobilenet_v2(), limits, {});
        },
        [&](const std::vector<search::Limit>& limits, const auto& each) {
          return search::find_method(method).ends(mobilenet_v2(), limits, each);
        });
    benchmark::DoNotOptimize(frontier.points.size());
    state.counters["points"] = static_cast<double>(frontier.points.size());
  }
}
BENCHMARK_CAPTURE(frontier_of_50, programs, "hawq-v3")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(frontier_of_50, sequences, "hawq-v2")->Unit(benchmark::kMillisecond);

void dynamic_program(benchmark::State& state) {
  const auto limits = limits_at({50});
  const double omega =
      search::find_method("hawq-v3").solve(mobilenet_v2(), limits, {}).solution->omega;
  for (auto _ : state) {
    const auto checked =
        search::solve_by_dynamic_program(mobilenet_v2().problem, limits[0], 1 << 26);
    if (!checked || std::abs(checked->solution->omega - omega) > 1e-12 * omega)
      state.SkipWithError("differs from the integer program");
  }
}
BENCHMARK(dynamic_program)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace bitloom
