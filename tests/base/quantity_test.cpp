#include "base/quantity.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace bitloom {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Multipliable = requires(A a, B b) {
  a* b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};

static_assert(Addable<Cycles, Cycles>);
static_assert(!Addable<Cycles, Bits>, "units do not mix");
static_assert(!Addable<Cycles, std::int64_t>, "a plain number has no unit");
static_assert(!Multipliable<Cycles, Cycles>, "no squared units");
static_assert(!Comparable<Cycles, Bits>);
static_assert(!std::is_convertible_v<std::int64_t, Cycles>, "a unit is said aloud");
static_assert(!std::is_convertible_v<Cycles, std::int64_t>);
static_assert(sizeof(Cycles) == sizeof(std::int64_t), "a unit costs nothing");

TEST(Quantity, StartsAtZero) { EXPECT_EQ(Cycles().count(), 0); }

TEST(Quantity, AddsSubtractsScalesAndCompares) {
  Cycles cycles(7);
  cycles += Cycles(3);
  cycles -= Cycles(4);
  EXPECT_EQ(cycles, Cycles(6));
  EXPECT_EQ(cycles + Cycles(1), Cycles(7));
  EXPECT_EQ(cycles - Cycles(8), Cycles(-2));
  EXPECT_EQ(3 * cycles, cycles * 3);
  EXPECT_LT(Cycles(5), cycles);
}

TEST(Quantity, RuntimeIsCyclesOverClock) {
  EXPECT_DOUBLE_EQ(runtime(Cycles(200'000), Megahertz(200)).count(), 1.0);
  EXPECT_DOUBLE_EQ(runtime(Cycles(1), Megahertz(0.001)).count(), 1.0);
  EXPECT_DOUBLE_EQ(runtime(Cycles(0), Megahertz(200)).count(), 0.0);
}

TEST(Quantity, BytesHoldBitsRoundedUp) {
  EXPECT_EQ(bytes_holding(Bits(0)), Bytes(0));
  EXPECT_EQ(bytes_holding(Bits(1)), Bytes(1));
  EXPECT_EQ(bytes_holding(Bits(8)), Bytes(1));
  EXPECT_EQ(bytes_holding(Bits(9)), Bytes(2));
}

TEST(Quantity, CeilingDivisionRoundsUpAtItsEdges) {
  EXPECT_EQ(ceil_div(0, 8), 0);
  EXPECT_EQ(ceil_div(1, 8), 1);
  EXPECT_EQ(ceil_div(8, 8), 1);
  EXPECT_EQ(ceil_div(9, 8), 2);
}

}  // namespace
}  // namespace bitloom
