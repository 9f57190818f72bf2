#include "models/integer/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "tests/integer/reference.h"

namespace bitloom::integer {
namespace {

struct Factors {
  std::vector<std::int32_t> left, right;
  std::int64_t m, k, n;
  CodeType left_type, right_type;
};

void expect_exact(const Factors& f, const std::string& what) {
  const auto expected =
      reference_gemm(f.left, f.right, static_cast<std::size_t>(f.m), static_cast<std::size_t>(f.k),
                     static_cast<std::size_t>(f.n));
  const BitMatrix left = pack(f.left, f.m, f.k, f.left_type);
  const BitMatrix right = pack(f.right, f.n, f.k, f.right_type);
  for (const Kernel kernel : available_kernels())
    EXPECT_EQ(widened(gemm(left, right, kernel)), expected) << what << " by " << to_text(kernel);
}

Factors random_factors(std::int64_t m, std::int64_t k, std::int64_t n, CodeType left,
                       CodeType right, std::mt19937_64& random) {
  return {
      random_codes(m * k, left, random), random_codes(n * k, right, random), m, k, n, left, right};
}

CodeType random_type(int bits, std::mt19937_64& random) {
  return random() % 2 == 0 ? unsigned_codes(bits) : signed_codes(bits);
}

TEST(Gemm, EqualsThePlainLoopOnRandomShapesAndBits) {
  std::mt19937_64 random(4);
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int trial = 0; trial < 300; ++trial) {
    const int left_bits = between(1, 16);
    const int right_bits = between(1, std::min(16, 22 - left_bits));
    const Factors factors =
        random_factors(between(1, 33), between(1, 300), between(1, 33),
                       random_type(left_bits, random), random_type(right_bits, random), random);
    expect_exact(factors, std::to_string(trial) + ": " + std::to_string(factors.m) + "x" +
                              std::to_string(factors.k) + "x" + std::to_string(factors.n));
  }
}

TEST(Gemm, EqualsThePlainLoopWithABipolarFactorOnEitherSide) {
  std::mt19937_64 random(5);
  for (int bits = 1; bits <= 16; ++bits)
    for (const CodeType other : {unsigned_codes(bits), signed_codes(bits)}) {
      for (const int width : {1, 2, 3, 8}) {
        const CodeType bipolar = bipolar_codes(width);
        expect_exact(random_factors(9, 100, 17, other, bipolar, random), "bipolar right");
        expect_exact(random_factors(17, 100, 9, bipolar, other, random), "bipolar left");
      }
    }
}

TEST(Gemm, TakesEveryRemainderOfRowsPanelsAndWords) {
  std::mt19937_64 random(6);
  for (const std::int64_t k : {1, 63, 64, 65, 127, 128, 129})
    for (std::int64_t m = 1; m <= 17; ++m)
      for (const std::int64_t n : {1, 7, 8, 9, 15, 16, 17, 24, 25})
        expect_exact(random_factors(m, k, n, unsigned_codes(2), signed_codes(2), random),
                     std::to_string(m) + "x" + std::to_string(k) + "x" + std::to_string(n));
}

TEST(Gemm, SumsOverManyChunksOfWords) {
  std::mt19937_64 random(7);
  expect_exact(random_factors(9, 40000, 17, unsigned_codes(1), signed_codes(3), random), "1x3");
  expect_exact(random_factors(3, 40000, 5, signed_codes(8), signed_codes(8), random), "8x8");
  expect_exact(random_factors(3, 5000, 5, bipolar_codes(), signed_codes(16), random), "1x16");
}

TEST(Gemm, CountsLongRunsOfFullWords) {
  for (const std::int64_t words : {31, 32, 33, 100}) {
    const std::int64_t columns = words * 64;
    const std::vector<std::int32_t> ones(static_cast<std::size_t>(columns) * 5, 1);
    expect_exact({ones, ones, 5, columns, 5, unsigned_codes(1), unsigned_codes(1)},
                 std::to_string(words) + " words");
  }
}

TEST(Gemm, HoldsTheMostNegativeValues) {
  for (const int bits : {1, 2, 8, 15}) {
    const CodeType type = signed_codes(bits);
    const std::vector<std::int32_t> lowest(3 * 2, type.lowest());
    expect_exact({lowest, lowest, 2, 3, 2, type, type}, std::to_string(bits) + " bits");
  }
}

TEST(Gemm, ReachesTheLowestAccumulator) {
  constexpr std::int64_t kColumns = 1 << 16;  // -2^15 * 2^16 = -2^31
  const std::vector<std::int32_t> lowest(kColumns, -(1 << 15));
  const std::vector<std::int32_t> ones(kColumns, 1);
  expect_exact({lowest, ones, 1, kColumns, 1, signed_codes(16), unsigned_codes(1)}, "-2^31");
}

TEST(Gemm, KeepsBipolarSumsWhoseHalvesWouldNotFit) {
  constexpr std::int64_t kColumns = 1
                                    << 15;  // 65535 * 2^15 = 2^31 - 2^15, and twice that on the way
  const std::vector<std::int32_t> most(kColumns, 65535);
  const std::vector<std::int32_t> plus(kColumns, 1), minus(kColumns, -1);
  expect_exact({most, plus, 1, kColumns, 1, unsigned_codes(16), bipolar_codes()}, "plus");
  expect_exact({most, minus, 1, kColumns, 1, unsigned_codes(16), bipolar_codes()}, "minus");
}

TEST(Gemm, ReachesTheHighestAccumulatorAndNoFurther) {
  constexpr std::int64_t kColumns = 1 << 15;  // 65535 * 2^15 = 2^31 - 2^15
  const std::vector<std::int32_t> most(kColumns, 65535), ones(kColumns, 1);
  expect_exact({most, ones, 1, kColumns, 1, unsigned_codes(16), unsigned_codes(1)}, "2^31 - 2^15");
  EXPECT_THROW(gemm(BitMatrix(1, kColumns + 1, unsigned_codes(16)),
                    BitMatrix(1, kColumns + 1, unsigned_codes(1)), Kernel::kPortable),
               InternalError);
}

TEST(Gemm, RefusesFactorsThatItCannotMultiplyExactly) {
  const Kernel kernel = Kernel::kPortable;
  const BitMatrix bipolar(1, 64, bipolar_codes());
  EXPECT_THROW(gemm(bipolar, bipolar, kernel), InternalError);
  EXPECT_THROW(gemm(bipolar, BitMatrix(1, 65, signed_codes(2)), kernel), InternalError);
  const std::int64_t too_many = (1 << 16) + 1;
  EXPECT_THROW(gemm(BitMatrix(1, too_many, signed_codes(16)),
                    BitMatrix(1, too_many, unsigned_codes(1)), kernel),
               InternalError);
}

TEST(Kernels, AreListedSlowestFirstAndAlwaysHaveThePortableOne) {
  const std::vector<Kernel> kernels = available_kernels();
  EXPECT_EQ(kernels.front(), Kernel::kPortable);
  EXPECT_TRUE(std::is_sorted(kernels.begin(), kernels.end()));
  EXPECT_EQ(fastest_kernel(), kernels.back());
}

TEST(Kernels, ThatTheProcessorLacksAreRefusedByName) {
  const std::vector<Kernel> kernels = available_kernels();
  for (const Kernel kernel : {Kernel::kAvx2, Kernel::kAvx512}) {
    if (std::find(kernels.begin(), kernels.end(), kernel) != kernels.end()) continue;
    try {
      multiply_of(kernel);
      FAIL() << to_text(kernel);
    } catch (const UserError& error) {
      EXPECT_EQ(std::string(error.what())
                    .rfind("kernel '" + std::string(to_text(kernel)) +
                               "' does not run on this processor (available: portable",
                           0),
                0u);
    }
  }
}

}  // namespace
}  // namespace bitloom::integer
