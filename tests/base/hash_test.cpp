#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/split_mix.h"

namespace bitloom {
namespace {

// The test vectors that Noll publishes with FNV (isthe.com/chongo/src/fnv/test_fnv.c).
TEST(Fnv1a, HasThePublishedValues) {
  EXPECT_EQ(Fnv1a().value(), 0xcbf29ce484222325u);
  EXPECT_EQ(Fnv1a().add("a").value(), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(Fnv1a().add("foobar").value(), 0x85944171f73967e8u);
  EXPECT_EQ(Fnv1a().add("foobar").text(), "85944171f73967e8");
}

TEST(Fnv1a, DoesNotSeeWhereTextsAreJoinedUnlessTheyAreParts) {
  EXPECT_EQ(Fnv1a().add("foo").add("bar").value(), Fnv1a().add("foobar").value());
  EXPECT_NE(Fnv1a().add_part("foo").add_part("bar").value(),
            Fnv1a().add_part("foob").add_part("ar").value());
}

TEST(Fnv1a, IsWrittenWithAllSixteenDigits) {
  EXPECT_EQ(Fnv1a().add("x").text().size(), 16u);
  EXPECT_EQ(Fnv1a().text(), "cbf29ce484222325");
}

// The first numbers from seed 1234567, as Vigna's splitmix64.c gives them.
TEST(SplitMix, HasThePublishedValues) {
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected :
       {6457827717110365317u, 3203168211198807973u, 9817491932198370423u})
    EXPECT_EQ(split_mix(state += kSplitMixStep), expected);
}

}  // namespace
}  // namespace bitloom
