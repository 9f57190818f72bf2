#include "models/integer/bit_matrix.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/integer/reference.h"

namespace bitloom::integer {
namespace {

TEST(CodeType, HasTheRangesOfTheContract) {
  EXPECT_EQ(unsigned_codes(1).lowest(), 0);
  EXPECT_EQ(unsigned_codes(1).highest(), 1);
  EXPECT_EQ(unsigned_codes(16).highest(), 65535);
  EXPECT_EQ(signed_codes(1).lowest(), -1);
  EXPECT_EQ(signed_codes(1).highest(), 0);
  EXPECT_EQ(signed_codes(16).lowest(), -32768);
  EXPECT_EQ(signed_codes(16).highest(), 32767);
  EXPECT_EQ(bipolar_codes().lowest(), -1);
  EXPECT_EQ(bipolar_codes().highest(), 1);
  EXPECT_EQ(bipolar_codes(3).lowest(), -7);
  EXPECT_EQ(bipolar_codes(3).highest(), 7);
}

TEST(BitMatrix, GivesBackWhatWasPacked) {
  std::mt19937_64 random(1);
  for (int bits = 1; bits <= 16; ++bits)
    for (const CodeType type : {unsigned_codes(bits), signed_codes(bits), bipolar_codes(bits)}) {
      std::vector<std::int32_t> codes = random_codes(11 * 131, type, random);
      codes.front() = type.lowest();
      codes.back() = type.highest();
      const BitMatrix matrix = pack(codes, 11, 131, type);
      for (std::int64_t row = 0; row < 11; ++row)
        for (std::int64_t column = 0; column < 131; ++column)
          ASSERT_EQ(matrix.code(row, column), codes[static_cast<std::size_t>(row * 131 + column)])
              << row << ", " << column << " of " << bits << " bits";
    }
}

TEST(BitMatrix, LaysTheSameWordOfEightRowsIntoOneAlignedLine) {
  BitMatrix matrix(9, 65, unsigned_codes(2));
  matrix.set_code(8, 64, 2);  // plane 1 of row 0 of panel 1, bit 0 of word 1
  EXPECT_EQ(matrix.words_per_row(), 2);
  EXPECT_EQ(matrix.line(1, 1, 1)[0], 1u);
  EXPECT_EQ(matrix.line(1, 0, 1)[0], 0u);
  EXPECT_EQ(matrix.line(1, 1, 1) - matrix.line(0, 0, 0), 7 * kLanes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.line(1, 1, 1)) % 64, 0u);
}

TEST(BitMatrix, RefusesCodesOutsideTheirType) {
  EXPECT_THROW(pack(std::vector{4}, 1, 1, unsigned_codes(2)), InternalError);
  EXPECT_THROW(pack(std::vector{-1}, 1, 1, unsigned_codes(2)), InternalError);
  EXPECT_THROW(pack(std::vector{2}, 1, 1, signed_codes(2)), InternalError);
  EXPECT_THROW(pack(std::vector{0}, 1, 1, bipolar_codes()), InternalError);
  EXPECT_THROW(pack(std::vector{0, 0}, 1, 1, signed_codes(2)), InternalError);
  EXPECT_THROW(BitMatrix(1, 1, unsigned_codes(0)), InternalError);
  EXPECT_THROW(BitMatrix(1, 1, signed_codes(17)), InternalError);
  EXPECT_THROW(pack(std::vector{2}, 1, 1, bipolar_codes(2)), InternalError);
  EXPECT_THROW(pack(std::vector{5}, 1, 1, bipolar_codes(2)), InternalError);
}

}  // namespace
}  // namespace bitloom::integer
