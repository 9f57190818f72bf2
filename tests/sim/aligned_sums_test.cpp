// Regular addresses that begin with a burst, counted one by one.
#include "sim/kit/aligned_sums.h"

#include <random>

#include <gtest/gtest.h>

namespace bitloom::sim {
namespace {

TEST(AlignedSums, AreThoseCountedOneByOne) {
  std::mt19937 random(7);
  const auto pick = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  for (int i = 0; i < 500; ++i) {
    const std::int64_t modulus = pick(1, 48), offset = pick(0, 100);
    const Progression a{pick(0, 9), pick(0, 200)}, b{pick(1, 90), pick(0, 200)},
        c{pick(0, 5), pick(0, 200)};
    std::int64_t counted = 0;
    for (std::int64_t x = 0; x < a.count; ++x)
      for (std::int64_t y = 0; y < b.count; ++y)
        for (std::int64_t z = 0; z < c.count; ++z)
          counted += (offset + x * a.step + y * b.step + z * c.step) % modulus == 0;
    EXPECT_EQ(aligned_sums(modulus, offset, {a, b, c}), counted) << i;
  }
}

TEST(AlignedSums, TakeNoLongerForMore) {
  // 5 x + 8 y + 3 is a multiple of 64 for every eighth x and, with it, every eighth y.
  EXPECT_EQ(aligned_sums(64, 3, {{1'000'000'000, 5}, {1'000'000'000, 8}}),
            std::int64_t{125'000'000} * 125'000'000);
}

}  // namespace
}  // namespace bitloom::sim
