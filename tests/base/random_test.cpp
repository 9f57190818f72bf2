#include "base/random.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

namespace bitloom {
namespace {

constexpr int kDraws = 2000;

TEST(Draws, AreTheseWithEveryStandardLibrary) {
  std::mt19937_64 random(1);
  EXPECT_EQ(draw_below(random, 1000), 133u);
  EXPECT_EQ(draw_between(random, -5, 5), -4);
  EXPECT_EQ(draw_unit(random), 0.45121490384453816);
  EXPECT_EQ(draw_unit_float(random), 0.021024229F);
  std::vector<int> items(10);
  std::iota(items.begin(), items.end(), 0);
  shuffle(items, random);
  EXPECT_EQ(items, (std::vector<int>{6, 9, 5, 2, 7, 8, 1, 3, 4, 0}));
}

TEST(Draws, AreWholeNumbersWithinTheirBounds) {
  std::mt19937_64 random(2);
  std::vector<int> counts(7);
  for (int i = 0; i < 7000; ++i) ++counts[draw_below(random, 7)];
  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t drawn = draw_between(random, -2, 2);
    EXPECT_TRUE(drawn >= -2 && drawn <= 2) << drawn;
  }
  EXPECT_EQ(draw_between(random, 9, 9), 9);
  EXPECT_EQ(draw_below(random, 1), 0u);
}

TEST(Draws, ReachOverAllOf64Bits) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::mt19937_64 random(3), same(3);
  EXPECT_EQ(draw_between(random, kLeast, kMost),
            static_cast<std::int64_t>(same() + (std::uint64_t{1} << 63)));
}

TEST(Shuffle, KeepsEveryItemAndReachesEveryOrder) {
  std::mt19937_64 random(4);
  std::vector<int> counts(24);
  for (int i = 0; i < 2400; ++i) {
    std::vector<int> items{0, 1, 2, 3};
    shuffle(items, random);
    int order = 0;
    std::vector<int> sorted{0, 1, 2, 3};
    while (sorted != items && std::next_permutation(sorted.begin(), sorted.end())) ++order;
    ++counts[static_cast<std::size_t>(order)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 100, 45);
}

TEST(Shuffle, OfNothingOrOneItemDrawsNothing) {
  std::mt19937_64 random(5), same(5);
  std::vector<int> none, one{1};
  shuffle(none, random);
  shuffle(one, random);
  EXPECT_EQ(random, same);
}

TEST(Normal, HasItsMeanAndDeviation) {
  std::mt19937_64 random(6);
  double sum = 0, squares = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = draw_normal(random, 0, 1);
    sum += drawn;
    squares += drawn * drawn;
  }
  EXPECT_NEAR(sum / 10'000, 0, 0.04);
  EXPECT_NEAR(squares / 10'000, 1, 0.06);
}

#ifdef __GLIBCXX__  // whose numbers stored figures rest on
TEST(Draws, AreThoseOfLibstdcxx) {
  std::mt19937_64 ours(7), theirs(7);
  std::uniform_int_distribution<std::uint64_t> bounds(1, std::uint64_t{1} << 63);
  std::mt19937_64 choose(8);
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t bound = i % 2 == 0 ? bounds(choose) : 1 + choose() % 100;
    EXPECT_EQ(draw_below(ours, bound),
              std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(theirs));
    EXPECT_EQ(draw_between(ours, -7, i),
              std::uniform_int_distribution<std::int64_t>(-7, i)(theirs));
    EXPECT_EQ(draw_unit(ours), std::uniform_real_distribution<double>()(theirs));
    EXPECT_EQ(draw_unit_float(ours), std::uniform_real_distribution<float>()(theirs));
    EXPECT_EQ(draw_float(ours, -0.003F, 0.003F),
              std::uniform_real_distribution<float>(-0.003F, 0.003F)(theirs));
    EXPECT_EQ(draw_normal(ours, 0.3, 0.5), std::normal_distribution<double>(0.3, 0.5)(theirs));
  }
}

TEST(Shuffle, IsThatOfLibstdcxx) {
  std::mt19937_64 ours(9), theirs(9);
  for (const std::size_t count : {0, 1, 2, 3, 4, 5, 100, 1001}) {
    std::vector<std::size_t> a(count), b(count);
    std::iota(a.begin(), a.end(), std::size_t{0});
    b = a;
    shuffle(a, ours);
    std::shuffle(b.begin(), b.end(), theirs);
    EXPECT_EQ(a, b) << count;
    EXPECT_EQ(ours, theirs) << count;
  }
}
#endif

}  // namespace
}  // namespace bitloom
