#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"
#include "models/integer/average_pool.h"
#include "models/integer/requantize.h"
#include "models/integer/residual.h"

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
  EXPECT_EQ(requantize(accumulators, factors, range_of(signed_codes(6))),
            (std::vector{1, 2, -30, -32}));
  EXPECT_THROW(requantize(accumulators, std::vector<Dyadic>(3), kAll), InternalError);
}

TEST(Residual, AddsWithinOneRoundingOfTheRealSum) {
  std::mt19937_64 random(23);
  std::uniform_real_distribution<double> scale(-8, 2);
  std::uniform_int_distribution<std::int32_t> code(-128, 127);
  for (int trial = 0; trial < 20000; ++trial) {
    const ScaledInput left{std::exp2(scale(random)), 128};
    const ScaledInput right{std::exp2(scale(random)), 128};
    const double out_scale = std::max(left.scale, right.scale) * std::exp2(scale(random) / 4);
    const ResidualFactors factors = residual_factors(left, right, out_scale);
    const std::int32_t l = code(random), r = code(random);
    const double real = (l * left.scale + r * right.scale) / out_scale;
    ASSERT_LE(std::fabs(add_residual(l, r, factors, kAll) - real), 0.5 + 1e-4)
        << l << " * " << left.scale << " + " << r << " * " << right.scale;
  }
}

TEST(Residual, IsExactOnScalesThatArePowersOfTwo) {
  const ResidualFactors factors = residual_factors({0.5, 128}, {0.25, 128}, 0.5);
  for (std::int32_t l = -128; l < 128; ++l)
    for (std::int32_t r = -128; r < 128; ++r)
      ASSERT_EQ(add_residual(l, r, factors, range_of(signed_codes(8))),
                std::clamp(static_cast<int>(std::floor(l + r / 2.0 + 0.5)), -128, 127));
}

TEST(Residual, TakesAccumulatorsOf32BitsBesideCodes) {
  const ResidualFactors factors =
      residual_factors({0x1p-20, std::int64_t{1} << 31}, {1.0, 15}, 1.0);
  EXPECT_EQ(add_residual(INT32_MIN, 15, factors, kAll), -2048 + 15);
  EXPECT_EQ(add_residual(INT32_MAX, 0, factors, kAll), 2048);
  EXPECT_EQ(add_residual(std::vector{1 << 20, -(1 << 20)}, std::vector{3, 4}, factors,
                         range_of(unsigned_codes(2))),
            (std::vector{3, 3}));
}

TEST(Residual, NoticesAnInputBeyondItsStatedMagnitude) {
  const ResidualFactors factors = residual_factors({1.0, 1}, {1.0, 1}, 1.0);
  EXPECT_THROW(add_residual(100, 0, factors, kAll), InternalError);
  EXPECT_THROW(add_residual(std::vector{1}, std::vector{1, 1}, factors, kAll), InternalError);
}

graph::Pool average(graph::Window window, bool ceil_mode = false, bool count_padding = true) {
  return {graph::PoolKind::kAverage, window, ceil_mode, count_padding};
}

TEST(AveragePool, IsTheRoundedMeanOverTheWholeImage) {
  std::mt19937_64 random(24);
  std::vector<std::int32_t> codes(2 * 49);
  for (std::int32_t& code : codes) code = static_cast<std::int32_t>(random() % 256);
  const auto out = average_pool(codes, 2, {7, 7}, average({{7, 7}, {1, 1}, {}, {}}),
                                unsigned_codes(8), 1.0, range_of(unsigned_codes(8)));
  ASSERT_EQ(out.size(), 2u);
  for (std::size_t channel = 0; channel < 2; ++channel) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < 49; ++i) sum += codes[channel * 49 + i];
    EXPECT_EQ(out[channel], (2 * sum + 49) / 98);
  }
}

TEST(AveragePool, DividesByWhatTheBorderLeavesOrByTheWholeWindow) {
  const std::vector<std::int32_t> codes{4, 8, 12, 16};  // 2 x 2
  const graph::Window window{{2, 2}, {2, 2}, graph::Padding::all(1), {}};
  const CodeRange range = range_of(unsigned_codes(8));
  EXPECT_EQ(average_pool(codes, 1, {2, 2}, average(window), unsigned_codes(8), 1, range),
            (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(
      average_pool(codes, 1, {2, 2}, average(window, false, false), unsigned_codes(8), 1, range),
      codes);
  // Of 3 x 3, ceil_mode adds windows that reach beyond the image, where there is no padding to
  // count.
  const std::vector<std::int32_t> nine{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(average_pool(nine, 1, {3, 3}, average({{2, 2}, {2, 2}, {}, {}}, true),
                         unsigned_codes(8), 2, range),
            (std::vector{6, 9, 15, 18}));
}

TEST(AveragePool, RefusesSumsBeyond32Bits) {
  const graph::Window window{{200, 200}, {1, 1}, {}, {}};
  try {
    average_pool(std::vector<std::int32_t>(40000), 1, {200, 200}, average(window),
                 unsigned_codes(16), 1, kAll);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "an average of 40000 codes of 16 bits exceeds 32 accumulator bits");
  }
}

}  // namespace
}  // namespace bitloom::integer
