#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"
#include "models/integer/requantize.h"

namespace bitloom::integer {
namespace {

constexpr CodeRange kAll{INT32_MIN, INT32_MAX};

/// value * mantissa / 2^shift, half rounded up, from quotient and remainder.
std::int64_t reference_scaled(std::int32_t value, Dyadic factor) {
  const std::int64_t product = std::int64_t{value} * factor.mantissa;
  const std::int64_t divisor = std::int64_t{1} << factor.shift;
  std::int64_t quotient = product / divisor;
  std::int64_t remainder = product % divisor;
  if (remainder < 0) {
    remainder += divisor;
    --quotient;
  }
  const auto doubled = 2 * static_cast<std::uint64_t>(remainder);
  return quotient + (doubled >= static_cast<std::uint64_t>(divisor) ? 1 : 0);
}

std::string error_of(double factor) {
  try {
    dyadic_from(factor);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Dyadic, HasA31BitMantissaNearestToItsFactor) {
  EXPECT_EQ(dyadic_from(1.0), (Dyadic{1 << 30, 30}));
  EXPECT_EQ(dyadic_from(-0.75), (Dyadic{-(3 << 29), 31}));
  EXPECT_EQ(dyadic_from(0x1p-32), (Dyadic{1 << 30, 62}));
  EXPECT_EQ(dyadic_from(1.0 - 0x1p-40), (Dyadic{1 << 30, 30}));  // rounds up to a power of two
  std::mt19937_64 random(21);
  std::uniform_real_distribution<double> exponent(-31.9, 30.9);
  for (int trial = 0; trial < 10000; ++trial) {
    const double factor = std::exp2(exponent(random)) * (trial % 2 == 0 ? 1 : -1);
    const Dyadic dyadic = dyadic_from(factor);
    ASSERT_GE(std::abs(dyadic.mantissa), 1 << 30) << factor;
    ASSERT_GE(dyadic.shift, 0) << factor;
    ASSERT_LE(dyadic.shift, 62) << factor;
    ASSERT_LE(std::fabs(dyadic.value() - factor), std::fabs(factor) * 0x1p-31) << factor;
  }
}

TEST(Dyadic, IsZeroBelowWhatCanMoveA32BitInteger) {
  EXPECT_EQ(dyadic_from(0), Dyadic{});
  EXPECT_EQ(dyadic_from(0x1.fffffp-33), Dyadic{});
  EXPECT_EQ(scaled(INT32_MIN, dyadic_from(0x1p-32)), 0);  // -1/2, rounded up
  EXPECT_EQ(scaled(INT32_MIN, dyadic_from(-0x1p-32)), 1);
}

TEST(Dyadic, RefusesFactorsThatAreNoScale) {
  EXPECT_EQ(error_of(0x1p31),
            "factor 2147483648 between scales: must be finite and less than 2^31 in magnitude");
  EXPECT_EQ(error_of(std::numeric_limits<double>::infinity()),
            "factor inf between scales: must be finite and less than 2^31 in magnitude");
  EXPECT_EQ(error_of(std::nan("")),
            "factor nan between scales: must be finite and less than 2^31 in magnitude");
  EXPECT_EQ(error_of(0x1p31 - 0x1p-1),
            "factor 2147483647.5 between scales: rounds to 2^31, which is too large");
  EXPECT_EQ(dyadic_from(0x1p31 - 1), (Dyadic{INT32_MAX, 0}));
}

TEST(Requantize, RoundsHalfUpAndClamps) {
  const Dyadic half = dyadic_from(0.5);
  EXPECT_EQ(requantize(3, half, kAll), 2);    // 1.5
  EXPECT_EQ(requantize(-3, half, kAll), -1);  // -1.5
  EXPECT_EQ(requantize(-1, half, kAll), 0);   // -0.5
  EXPECT_EQ(requantize(1, half, kAll), 1);
  EXPECT_EQ(requantize(100, half, range_of(unsigned_codes(4))), 15);
  EXPECT_EQ(requantize(-100, half, range_of(unsigned_codes(4))), 0);
  EXPECT_EQ(requantize(-100, half, range_of(signed_codes(4))), -8);
  EXPECT_EQ(requantize(INT32_MIN, dyadic_from(0x1p30), kAll), INT32_MIN);
  EXPECT_EQ(requantize(INT32_MIN, dyadic_from(-1), kAll), INT32_MAX);
}

TEST(Requantize, EqualsExactDivisionOnRandomValues) {
  std::mt19937_64 random(22);
  std::uniform_real_distribution<double> exponent(-31.9, 30.9);
  for (int trial = 0; trial < 100000; ++trial) {
    const auto value = static_cast<std::int32_t>(random());
    const Dyadic factor = dyadic_from(std::exp2(exponent(random)));
    ASSERT_EQ(scaled(value, factor), reference_scaled(value, factor))
        << value << " * " << factor.mantissa << " >> " << factor.shift;
  }
}

TEST(Requantize, TakesAFactorForEachChannel) {
  const std::vector<std::int32_t> accumulators{10, 20, 30, 40};
  const std::vector<Dyadic> factors{dyadic_from(0.1), dyadic_from(-1)};
  std::vector<std::int32_t> codes(4);
  requantize(accumulators, factors, range_of(signed_codes(6)), codes);
  EXPECT_EQ(codes, (std::vector{1, 2, -30, -32}));
  EXPECT_THROW(requantize(accumulators, std::vector<Dyadic>(3), kAll, codes), InternalError);
}

}  // namespace
}  // namespace bitloom::integer
