#include "base/rank_correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <tuple>

namespace bitloom {
namespace {

using Sample = std::vector<double>;

TEST(MeanRanks, ShareThePlacesOfEqualValues) {
  EXPECT_EQ(mean_ranks({30, 10, 20, 10}), (Sample{4, 1.5, 3, 1.5}));
  EXPECT_EQ(mean_ranks({7, 7, 7}), (Sample{2, 2, 2}));
  EXPECT_EQ(mean_ranks({}), Sample{});
}

TEST(Spearman, IsOneMinusSixTimesSquaredRankDifferencesWithoutTies) {
  const Sample a{1, 2, 3, 4, 5}, b{10, 30, 20, 50, 40};  // differences of rank 0, 1, 1, 1, 1
  EXPECT_DOUBLE_EQ(*spearman(a, b), 1 - 6 * 4.0 / (5 * 24));
  EXPECT_DOUBLE_EQ(*spearman(a, {1, 8, 27, 64, 125}), 1) << "any rising function keeps the order";
  EXPECT_DOUBLE_EQ(*spearman(a, {5, 4, 3, 2, 1}), -1);
}

TEST(Spearman, WithTiesIsTheCorrelationOfMeanRanks) {
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
  EXPECT_DOUBLE_EQ(*spearman({0, 1, 1, 2}, {0, 1, 2, 3}), 4.5 / std::sqrt(4.5 * 5));
}

TEST(Kendall, CountsPairsByTheirOrder) {
  const PairCounts pairs = count_pairs({1, 2, 3, 4}, {1, 3, 2, 4});
  EXPECT_EQ(pairs.alike, 5);
  EXPECT_EQ(pairs.swapped, 1);
  EXPECT_EQ(pairs.all, 6);
  EXPECT_DOUBLE_EQ(*kendall(pairs), 4.0 / 6);
}

TEST(Kendall, LeavesTiesOutOfEachSide) {
  const PairCounts pairs = count_pairs({0, 1, 1, 2}, {0, 1, 2, 3});
  EXPECT_EQ(pairs.tied_a, 1);
  EXPECT_EQ(pairs.tied_b, 0);
  EXPECT_DOUBLE_EQ(*kendall(pairs), 5 / std::sqrt(5.0 * 6));
}

TEST(Kendall, CountsAsLookingAtEveryPairDoes) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    const std::size_t count = random() % 40;
    const auto values = [&] {
      Sample sample;
      const unsigned different = 1 + random() % 30;
      for (std::size_t i = 0; i < count; ++i)
        sample.push_back(static_cast<double>(random() % different));
      return sample;
    };
    const Sample a = values(), b = values();
    PairCounts plain;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = i + 1; j < count; ++j) {
        ++plain.all;
        plain.tied_a += a[i] == a[j];
        plain.tied_b += b[i] == b[j];
        if (a[i] == a[j] || b[i] == b[j]) continue;
        ++((a[i] < a[j]) == (b[i] < b[j]) ? plain.alike : plain.swapped);
      }
    const PairCounts pairs = count_pairs(a, b);
    EXPECT_EQ(std::tie(pairs.all, pairs.tied_a, pairs.tied_b, pairs.alike, pairs.swapped),
              std::tie(plain.all, plain.tied_a, plain.tied_b, plain.alike, plain.swapped));
  }
}

TEST(RankCorrelation, OfEqualValuesIsNone) {
  EXPECT_FALSE(spearman({1, 1}, {1, 2}));
  EXPECT_FALSE(kendall(count_pairs({1, 2}, {1, 1})));
  EXPECT_FALSE(spearman({}, {}));
  EXPECT_FALSE(kendall(count_pairs({1}, {1})));
}

}  // namespace
}  // namespace bitloom
