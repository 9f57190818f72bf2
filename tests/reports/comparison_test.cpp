#include "reports/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace bitloom::reports {
namespace {

/// Policies that cost the same in energy as in time, by machine.
Comparison comparison(const std::vector<std::vector<double>>& ms, std::size_t random = 0) {
  Comparison c{.network = "net",
               .input = {},
               .engine = "analytic",
               .layers = {},
               .gain_percent = 5,
               .seed = 1};
  for (std::size_t i = 0; i < ms.front().size(); ++i)
    c.policies.push_back({std::to_string(i), i + random >= ms.front().size(), {}});
  for (const auto& on_machine : ms) {
    c.machines.push_back({"m", 1, Megahertz(1)});
    for (std::size_t i = 0; i < on_machine.size(); ++i)
      c.policies[i].costs.push_back(
          NetworkCost{Cycles(1), Milliseconds(on_machine[i]), Picojoules(on_machine[i]), Bytes(1)});
  }
  return c;
}

TEST(Places, StartAtOneAndAreSharedByEqualCosts) {
  EXPECT_EQ(places({30, 10, 20, 10}), (std::vector<int>{4, 1, 3, 1}));
}

TEST(Agreement, FindsThePairThatSwapsAndWhatItMatters) {
  const auto found = agreements(comparison({{10, 20, 40}, {10, 44, 40}}));
  ASSERT_EQ(found.size(), 2U) << "latency and energy, given policies only";
  EXPECT_EQ(found[0].pairs.swapped, 1);
  EXPECT_DOUBLE_EQ(*found[0].spearman, 0.5);
  EXPECT_DOUBLE_EQ(*found[0].kendall, 1.0 / 3);
  ASSERT_EQ(found[0].swaps.size(), 1U);
  EXPECT_EQ(found[0].swaps[0].better_on_a, 1U);
  EXPECT_EQ(found[0].swaps[0].better_on_b, 2U);
  EXPECT_DOUBLE_EQ(found[0].swaps[0].percent_on_a, 100);
  EXPECT_NEAR(found[0].swaps[0].percent_on_b, 10, 1e-12);
}

TEST(Agreement, TellsTheLargestSwapsOfManyPolicies) {
  std::mt19937 random(5);
  for (const unsigned different : {5u, 300u, 1000000u}) {
    std::vector<std::vector<double>> ms(2);
    for (int i = 0; i < 400; ++i)
      for (auto& on_machine : ms)
        on_machine.push_back(100 + static_cast<double>(random() % different));
    std::vector<std::tuple<double, std::size_t, std::size_t>> all;  // of every pair
    for (std::size_t i = 0; i < 400; ++i)
      for (std::size_t j = 0; j < 400; ++j)
        if (ms[0][i] < ms[0][j] && ms[1][j] < ms[1][i])
          all.emplace_back(
              -std::min(100 * (ms[0][j] / ms[0][i] - 1), 100 * (ms[1][i] / ms[1][j] - 1)), i, j);
    std::sort(all.begin(), all.end());
    const Agreement found = agreements(comparison(ms)).front();
    EXPECT_EQ(found.pairs.swapped, std::ssize(all));
    ASSERT_EQ(found.swaps.size(), 100u);
    for (std::size_t at = 0; at < 100; ++at) {
      const Swap& swap = found.swaps[at];
      EXPECT_EQ(std::tuple(-swap.least_percent(), swap.better_on_a, swap.better_on_b), all[at]);
    }
  }
}

TEST(Agreement, DoesNotCallTiesSwapped) {
  const auto found = agreements(comparison({{10, 20}, {10, 10}}));
  EXPECT_EQ(found[0].pairs.swapped, 0);
  EXPECT_FALSE(found[0].spearman);
}

TEST(Agreement, KeepsRandomPoliciesApart) {
  const auto found = agreements(comparison({{1, 2, 3, 4}, {2, 1, 3, 4}}, 2));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].group, PolicyGroup::kGiven);
  EXPECT_EQ(*found[0].spearman, -1);
  EXPECT_EQ(found[1].group, PolicyGroup::kRandom);
  EXPECT_EQ(*found[1].spearman, 1);
}

TEST(BitsStopPaying, BelowTheLastStepThatSavesEnough) {
  EXPECT_EQ(bits_stop_paying({{8, 100}, {7, 95}, {6, 90.25}}, 5), 6)
      << "each saves 5 % of the rest";
  EXPECT_EQ(bits_stop_paying({{8, 100}, {7, 95}, {6, 90.26}}, 5), 7);
  EXPECT_EQ(bits_stop_paying({{8, 100}, {7, 100}, {6, 50}}, 5), 6) << "a plateau is passed over";
  EXPECT_EQ(bits_stop_paying({{8, 100}, {7, 99}, {6, 98}}, 5), 8);
  EXPECT_EQ(bits_stop_paying({{8, 100}, {7, 101}, {6, 102}}, 5), 8) << "fewer bits that cost more";
  EXPECT_EQ(bits_stop_paying({{8, 100}}, 5), 8);
}

}  // namespace
}  // namespace bitloom::reports
