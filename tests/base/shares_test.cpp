#include "base/shares.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bitloom {
namespace {

TEST(Shares, HaveTheirStandardError) {
  EXPECT_EQ(share_text(93.4, 0.554, 2000), "93.40 +- 0.55");
  EXPECT_EQ(share_text(93.4, 0.554, 2000, "±"), "93.40 ± 0.55");
  EXPECT_EQ(share_text(99.999, 0.001, 100'000), "100.00 +- 0.00") << "one of them was other";
}

TEST(Shares, OfAllOrNoneHaveARange) {
  EXPECT_EQ(share_text(100, 0, 50), "100.00 (94.18 to 100)");
  EXPECT_EQ(share_text(0, 0, 50), "0.00 (0 to 5.82)");
  EXPECT_EQ(share_text(100, 0, 1), "100.00 (5.00 to 100)");
  EXPECT_EQ(share_text(100, 0, 0), "100.00") << "nobody knows of how many";
}

TEST(Shares, SomeOfWhichWereOtherHaveNoRange) {
  EXPECT_FALSE(range_of_share(93.4, 2000));
  EXPECT_FALSE(range_of_share(100, 0)) << "nobody knows of how many";
  EXPECT_NEAR(range_of_share(100, 50)->least_pct, 94.18, 0.005);
  EXPECT_NEAR(range_of_share(0, 50)->most_pct, 5.82, 0.005);
}

TEST(Differences, HaveTheirStandardError) {
  EXPECT_EQ(difference_text(-3, 1.2, 100), "-3.00 +- 1.20");
  EXPECT_EQ(difference_text(0.5, 1.2, 100, "±"), "+0.50 ± 1.20");
  EXPECT_EQ(difference_text(0, 1.2, 100), "+0.00 +- 1.20") << "as many gained as lost";
}

TEST(Differences, ThatAreAllAlikeHaveARange) {
  EXPECT_EQ(difference_text(-100, 0, 50), "-100.00 (-100 to -88.37)");
  EXPECT_EQ(difference_text(100, 0, 50), "+100.00 (+88.37 to 100)");
  EXPECT_EQ(difference_text(0, 0, 50), "+0.00 (-5.82 to +5.82)");
  EXPECT_EQ(difference_text(0, {}, 50), "+0.00 (-5.82 to +5.82)");
  EXPECT_EQ(difference_text(-100, 0, 0), "-100.00") << "nobody knows of how many";
}

TEST(Differences, AtTheEndOfTheRangeAreSeenAlikeOnceIn20Times) {
  constexpr std::int64_t kPairs = 50;
  // The mean at that end is that of pairs of which a share is 1 and the others are -1.
  const double share = (range_of_differences(-100, kPairs)->most_pct + 100) / 200;
  EXPECT_NEAR(std::pow(1 - share, kPairs), 0.05, 1e-12);
}

TEST(Losses, OfOneImageHaveNoError) {
  EXPECT_EQ(loss_text(0.431, 0.021, 20), "0.4310 +- 0.0210");
  EXPECT_EQ(loss_text(0.431, 0, 1), "0.4310 (one image)");
}

TEST(Shares, BeyondTheRangeOfAllAreSeenAsAllOnceIn20Times) {
  for (const std::int64_t count : {1, 7, 300}) {
    const double least = range_of_all(count).least_pct / 100;
    EXPECT_NEAR(std::pow(least, count), 0.05, 1e-12);
    EXPECT_NEAR(range_of_none(count).most_pct, 100 * (1 - least), 1e-9);
  }
  EXPECT_NEAR(range_of_none(1000).most_pct, 0.3, 0.001) << "the rule of three";
}

}  // namespace
}  // namespace bitloom
