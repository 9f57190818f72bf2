// The plain parts of quantizers: k-means of numbers and HAQ's clipping range.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "models/quantizers/clustering.h"
#include "models/quantizers/kl_clipping.h"

namespace bitloom::nn {
namespace {

std::vector<float> normal_values(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<int> clustered(const std::vector<float>& values, int clusters) {
  std::mt19937_64 random(1);
  return cluster(values, clusters, random);
}

double spread(const std::vector<float>& values, const std::vector<int>& assignment) {
  std::map<int, std::pair<double, double>> sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[assignment[i]].first += values[i];
    sums[assignment[i]].second += 1;
  }
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto [sum, count] = sums[assignment[i]];
    total += (values[i] - sum / count) * (values[i] - sum / count);
  }
  return total;
}

/// The least spread of any `clusters` ranges of the sorted values, by dynamic programming.
double least_spread(std::vector<float> values, int clusters) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const auto range = [&](std::size_t begin, std::size_t end) {
    const std::vector<float> part(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                  values.begin() + static_cast<std::ptrdiff_t>(end));
    return spread(part, std::vector<int>(part.size(), 0));
  };
  std::vector<double> least(n + 1, std::numeric_limits<double>::infinity());
  least[0] = 0;
  for (int k = 0; k < clusters; ++k)
    for (std::size_t end = n; end > 0; --end)
      for (std::size_t begin = 0; begin < end; ++begin)
        least[end] = std::min(least[end], least[begin] + range(begin, end));
  return least[n];
}

TEST(Clusters, OfFewDistinctValuesAreTheValues) {
  EXPECT_EQ(clustered({3, 1, 3, 2, 1}, 4), (std::vector<int>{2, 0, 2, 1, 0}));
  EXPECT_EQ(clustered({5, 5}, 2), (std::vector<int>{0, 0}));
  EXPECT_EQ(clustered({}, 2), std::vector<int>{});
}

TEST(Clusters, OfSeparateGroupsAreTheGroups) {
  EXPECT_EQ(clustered({-7, 0.1F, 9, 0, -7.2F, 9.1F, 0.2F}, 3),
            (std::vector<int>{0, 1, 2, 1, 0, 2, 1}));
}

TEST(Clusters, AreNearTheBestThereAre) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto values = normal_values(60, seed);
    const double ratio = spread(values, clustered(values, 4)) / least_spread(values, 4);
    EXPECT_GT(ratio, 0.999);
    sum += ratio;
  }
  EXPECT_LT(sum / 20, 1.3);
}

TEST(Clusters, SendEachValueToTheNearestMean) {
  const auto values = normal_values(5000, 2);
  const auto assignment = clustered(values, 64);
  std::vector<double> sums(64), counts(64);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[static_cast<std::size_t>(assignment[i])] += values[i];
    counts[static_cast<std::size_t>(assignment[i])] += 1;
  }
  const auto distance = [&](std::size_t i, std::size_t k) {
    return counts[k] == 0 ? std::numeric_limits<double>::infinity()
                          : std::abs(values[i] - sums[k] / counts[k]);
  };
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t k = 0; k < 64; ++k)
      ASSERT_LE(distance(i, static_cast<std::size_t>(assignment[i])), distance(i, k) + 1e-9);
}

TEST(Clusters, AreAFunctionOfTheSeed) {
  const auto values = normal_values(2000, 3);
  EXPECT_EQ(clustered(values, 32), clustered(values, 32));
}

/// D_KL(P || Q) as kl_clipping.h says, bin by bin.
double divergence(const std::vector<double>& bins, std::size_t kept, int steps) {
  double inside = 0, total = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    total += bins[i];
    if (i < kept) inside += bins[i];
  }
  const auto level_of = [&](std::size_t bin) {
    int level = 0;
    while (level < steps &&
           std::lround((level + 0.5) * static_cast<double>(kept) / steps) <= static_cast<long>(bin))
      ++level;
    return level;
  };
  std::vector<double> mass(static_cast<std::size_t>(steps) + 1), width(mass.size());
  for (std::size_t i = 0; i < kept; ++i) {
    mass[static_cast<std::size_t>(level_of(i))] += bins[i];
    width[static_cast<std::size_t>(level_of(i))] += 1;
  }
  double sum = 0;
  for (std::size_t i = 0; i < kept; ++i) {
    const double p = (bins[i] + (i + 1 == kept ? total - inside : 0)) / total;
    const auto level = static_cast<std::size_t>(level_of(i));
    const double q = mass[level] / width[level] / inside;
    if (p > 0) sum += q > 0 ? p * std::log(p / q) : std::numeric_limits<double>::infinity();
  }
  return sum;
}

TEST(KlClipping, FindsTheLeastDivergenceOfAllRanges) {
  for (const int steps : {1, 3, 7, 15}) {
    const auto values = normal_values(3000, static_cast<std::uint64_t>(steps));
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::abs(value));
    std::vector<double> bins(2048);
    for (const float value : values)
      bins[static_cast<std::size_t>(std::min(std::abs(value) * (2048 / largest), 2047.F))] += 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t kept = 16; kept <= 2048; kept += 8)
      least = std::min(least, divergence(bins, kept, steps));
    const double found = kl_clipping(values, steps) / static_cast<double>(largest) * 2048;
    EXPECT_LE(divergence(bins, static_cast<std::size_t>(std::lround(found)), steps), least + 1e-12);
  }
}

TEST(KlClipping, KeepsEvenlySpreadValuesAndDropsAnOutlier) {
  std::vector<float> values;
  for (int i = 1; i <= 20480; ++i) values.push_back(static_cast<float>(i) / 20480);
  EXPECT_GT(kl_clipping(values, 7), 0.97);
  values.push_back(-4);
  EXPECT_NEAR(kl_clipping(values, 7), 1, 0.03);
}

TEST(KlClipping, IgnoresZeros) {
  auto values = normal_values(1000, 5);
  const double range = kl_clipping(values, 3);
  values.insert(values.end(), 5000, 0.0F);
  EXPECT_EQ(kl_clipping(values, 3), range);
  EXPECT_EQ(kl_clipping(std::vector<float>(10, 0.0F), 3), 0);
  EXPECT_EQ(kl_clipping({}, 3), 0);
}

}  // namespace
}  // namespace bitloom::nn
