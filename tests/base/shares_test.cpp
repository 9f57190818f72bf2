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
