// Frontiers: a limit in steps between two ends.
#include "search/solvers/sweep.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/search/tiny_network.h"

namespace bitloom::search {
namespace {

using testing::tiny_network;

FindEnds ends_within_all(const Problem& problem) {
  return [&](const std::vector<Limit>& limits, const std::function<SolveOptions()>& each) {
    return ends_of_all(problem, limits, each);
  };
}

/// Limits between 2 and 5 ms allow policies of the same omega: one of them is a point.
TEST(Sweeps, HaveOnePointOfEachOmega) {
  Problem problem{{"ms"}, {{"a", {{"2", 5, {1}}, {"4", 2, {2}}, {"8", 1, {5}}}}}, {}, {}};
  const Sweep swept = sweep(
      {{0, 1}}, 9,
      [&](const std::vector<Limit>& limits, const SolveOptions& options) {
        return solve(problem, {.limits = limits}, options);
      },
      ends_within_all(problem));
  const std::vector<SweepPoint>& frontier = swept.points;
  EXPECT_TRUE(swept.unanswered.empty());
  ASSERT_EQ(frontier.size(), 3u);
  EXPECT_EQ(frontier[0].limit, 1);
  EXPECT_GE(frontier[1].limit, 2);
  EXPECT_LT(frontier[1].limit, 5);
  EXPECT_EQ(frontier[1].solution.omega, 2);
  EXPECT_EQ(frontier[2].limit, 5);
}

/// Ten layers, of each a choice that costs a thousand times more and is hardly better.
TEST(Sweeps, HavePointsWhereOmegaFallsAndNotAlongADearChoice) {
  Problem problem{{"ms"}, {}, {}, {}};
  for (int layer = 0; layer < 10; ++layer)
    problem.layers.push_back(
        {"l" + std::to_string(layer),
         {{"2", 10.0 + layer, {1}}, {"4", 1, {2}}, {"8", 0.01, {4}}, {"16", 0.0099, {4000}}}});
  const std::vector<SweepPoint> frontier =
      sweep(
          {{0, 1}}, 16,
          [&](const std::vector<Limit>& limits, const SolveOptions& options) {
            return solve(problem, {.limits = limits}, options);
          },
          ends_within_all(problem))
          .points;
  ASSERT_FALSE(frontier.empty());
  EXPECT_EQ(frontier.front().solution.costs[0], 10);
  EXPECT_EQ(frontier.back().solution.costs[0], 40000) << "the best is there all the same";
  const auto cheap = std::count_if(frontier.begin(), frontier.end(), [](const SweepPoint& point) {
    return point.solution.costs[0] <= 40;
  });
  EXPECT_GE(cheap, 12);
}

TEST(Sweeps, HaveNoPointsButTheEndsWhereThereAreNoOthers) {
  Problem problem{{"ms"}, {{"a", {{"2", 5, {1}}, {"8", 1, {5}}}}}, {}, {}};
  std::size_t solved = 0;
  const Sweep swept = sweep(
      {{0, 1}}, 100000,
      [&](const std::vector<Limit>& limits, const SolveOptions& options) {
        ++solved;
        return solve(problem, {.limits = limits}, options);
      },
      ends_within_all(problem));
  EXPECT_EQ(swept.points.size(), 2u);
  EXPECT_LT(solved, 100u) << "a gap that closes is not looked into for ever";
}

TEST(Sweeps, EndAtTheCheapestAndAtTheBestPolicy) {
  const NetworkProblem network = tiny_network({2, 3, 4, 8}, {4, 8});
  const double held = 0.8 * testing::cost_at_8_bits(network, 1);
  const auto frontier = sweep(
                            {{0, 1}, {1, held}}, 12,
                            [&](const std::vector<Limit>& limits, const SolveOptions&) {
                              EXPECT_EQ(limits[1].value, held);
                              return solve(network.problem, {.limits = limits});
                            },
                            ends_within_all(network.problem))
                            .points;
  ASSERT_GE(frontier.size(), 6u);
  EXPECT_NEAR(frontier.front().solution.costs[0],
              solve(network.problem, {.minimize_cost = 0}).solution->costs[0], 1e-9);
  EXPECT_DOUBLE_EQ(frontier.back().solution.omega,
                   solve(network.problem, {.limits = {{1, held}}}).solution->omega);
  for (std::size_t i = 0; i < frontier.size(); ++i) {
    EXPECT_LE(frontier[i].solution.costs[0], frontier[i].limit * (1 + 1e-12));
    if (i > 0) {
      EXPECT_LT(frontier[i].solution.omega, frontier[i - 1].solution.omega);
    }
  }
}

TEST(Sweeps, EndAtTheCheapestOfThePoliciesThatAreAsGood) {
  Problem problem{{"ms"}, {{"a", {{"16", 1, {1e30}}, {"2", 4, {1}}, {"8", 1, {110}}}}}, {}, {}};
  const auto ends = [&] { return ends_of_all(problem, {{0, 1}}, [] { return SolveOptions{}; }); };
  EXPECT_EQ(ends().ends->least, 1);
  EXPECT_EQ(ends().ends->of_best, 110);
  problem.layers[0].choices[2].allowed = false;
  EXPECT_EQ(ends().ends->of_best, 1e30);
}

TEST(Sweeps, TellTheLimitsWithoutAPolicy) {
  const Problem problem{{"ms"}, {{"a", {{"2", 5, {1}}, {"4", 2, {2}}, {"8", 1, {5}}}}}, {}, {}};
  const Sweep swept = sweep(
      {{0, 1}}, 5,
      [&](const std::vector<Limit>& limits, const SolveOptions&) {
        return limits[0].value < 2.5 ? Answer{} : solve(problem, {.limits = limits});
      },
      ends_within_all(problem));
  EXPECT_TRUE(swept.has_ends);
  ASSERT_EQ(swept.unanswered.size(), 2u);
  EXPECT_EQ(swept.unanswered[0], 1);
  EXPECT_DOUBLE_EQ(swept.unanswered[1], std::sqrt(5)) << "half way, as ratios go, to the other end";
  ASSERT_EQ(swept.points.size(), 2u);
  EXPECT_EQ(swept.points[0].solution.omega, 2);
  const Sweep none = sweep({{0, 1}, {0, 0.5}}, 5, {}, ends_within_all(problem));
  EXPECT_FALSE(none.has_ends);
  EXPECT_TRUE(none.finished) << "no policy keeps the other limit";
  EXPECT_TRUE(none.points.empty());
}

}  // namespace
}  // namespace bitloom::search
