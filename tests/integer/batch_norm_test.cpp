#include "models/integer/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace bitloom::integer {
namespace {

TEST(BatchNorm, IsExactButForItsShiftsRounding) {
  std::mt19937_64 random(31);
  std::uniform_real_distribution<double> exponent(-12, 4), sign(-1, 1);
  for (int trial = 0; trial < 20000; ++trial) {
    const WideChannel in{std::exp2(exponent(random)), std::int64_t{1} << (random() % 29)};
    const double gain = std::copysign(std::exp2(exponent(random)), sign(random));
    const double shift = std::copysign(std::exp2(exponent(random)), sign(random));
    const AffineChannel channel = affine_channel(in, gain, shift);
    const auto value = static_cast<std::int64_t>(sign(random) * static_cast<double>(in.bound));
    const std::int64_t out = channel.multiplier * value + channel.offset;
    const long double exact =
        static_cast<long double>(gain) * in.scale * static_cast<long double>(value) + shift;
    ASSERT_NE(channel.multiplier, 0);
    ASSERT_LE(std::abs(out), channel.out.bound);
    ASSERT_LE(
        std::fabs(static_cast<double>(out * static_cast<long double>(channel.out.scale) - exact)),
        0.5000001 * channel.out.scale);
  }
}

TEST(BatchNorm, MultipliesSmallIntegersUpTo23Bits) {
  const AffineChannel small = affine_channel({0.25, 1}, -2, 0.125);
  EXPECT_EQ(small.multiplier, -(1 << 22));  // 1 + 0.25 units times 2^22 are at most 2^23
  EXPECT_EQ(small.offset, 1 << 20);
  EXPECT_EQ(small.out.scale, 0x1p-23);
  EXPECT_EQ(small.out.bound, (1 << 22) + (1 << 20));
  const AffineChannel large = affine_channel({1, 1 << 23}, 1, 3);
  EXPECT_EQ(large.multiplier, 1);
  EXPECT_EQ(large.offset, 3);
  EXPECT_EQ(large.out.bound, (1 << 23) + 3);
}

TEST(BatchNorm, RoundsHalfAUnitOfShiftUp) {
  EXPECT_EQ(affine_channel({1, 1 << 24}, 1, 2.5).offset, 3);
  EXPECT_EQ(affine_channel({1, 1 << 24}, 1, -2.5).offset, -2);
}

void expect_constant(const AffineChannel& channel, double shift) {
  EXPECT_EQ(channel.multiplier, 0);
  EXPECT_EQ(channel.offset * channel.out.scale, shift);
  EXPECT_EQ(channel.out.bound, std::abs(channel.offset));
  EXPECT_GT(channel.out.scale, 0);
}

TEST(BatchNorm, MakesAConstantWhereTheGainIsNothingBesideTheShift) {
  expect_constant(affine_channel({0.5, 100}, 0, -3), -3);
  expect_constant(affine_channel({0.5, 100}, 0, 0), 0);
  expect_constant(affine_channel({0.5, 100}, 0, 1e-320), 0);
  expect_constant(affine_channel({0.5, 100}, -1e-320, 0.75), 0.75);
  expect_constant(affine_channel({0.5, 0}, 2, 0.75), 0.75);  // nothing comes in
  // At the edge: an offset of 2^30 is one, more is a constant.
  const AffineChannel edge = affine_channel({1, 100}, 1, 0x1p30);
  EXPECT_EQ(edge.multiplier, 1);
  EXPECT_EQ(edge.offset, 1 << 30);
  expect_constant(affine_channel({1, 100}, 1, 0x1p30 + 1), 0x1p30 + 1);
}

}  // namespace
}  // namespace bitloom::integer
