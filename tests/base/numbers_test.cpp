#include "base/numbers.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

constexpr auto kNoNumber = NumberFault::kNoNumber;
constexpr auto kOutOfRange = NumberFault::kOutOfRange;

TEST(ParseInteger, TakesDigitsWithAMinusWhereNegative) {
  EXPECT_EQ(*parse_integer("0"), 0);
  EXPECT_EQ(*parse_integer("-17"), -17);
  EXPECT_EQ(*parse_integer("007"), 7);
}

TEST(ParseInteger, TakesTheWholeTextOrNothing) {
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "one", "--1", "1,2"})
    EXPECT_EQ(parse_integer(text).fault(), kNoNumber) << text;
}

TEST(ParseInteger, ReachesFromTheLeastToTheMostOf64Bits) {
  EXPECT_EQ(*parse_integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(*parse_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_integer("9223372036854775808").fault(), kOutOfRange);
  EXPECT_EQ(parse_integer("-9223372036854775809").fault(), kOutOfRange);
  EXPECT_EQ(parse_integer("99999999999999999999x").fault(), kNoNumber);
}

TEST(ParseInteger, KeepsTheRangeThatIsGiven) {
  EXPECT_TRUE(parse_integer("1", 1, 16));
  EXPECT_TRUE(parse_integer("16", 1, 16));
  EXPECT_EQ(parse_integer("0", 1, 16).fault(), kOutOfRange);
  EXPECT_EQ(parse_integer("17", 1, 16).fault(), kOutOfRange);
}

TEST(ParseUnsigned, ReachesFurtherAndHasNoMinus) {
  EXPECT_EQ(*parse_unsigned("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_unsigned("18446744073709551616").fault(), kOutOfRange);
  EXPECT_EQ(parse_unsigned("-1").fault(), kNoNumber);
  EXPECT_EQ(parse_unsigned("5", 4).fault(), kOutOfRange);
}

TEST(ParseReal, TakesDecimalNumbers) {
  EXPECT_EQ(*parse_real("-1.5e3"), -1500);
  EXPECT_EQ(*parse_real(".5"), 0.5);
  EXPECT_EQ(*parse_real("3"), 3);
  EXPECT_EQ(*parse_real("0.1"), 0.1) << "the nearest double";
}

TEST(ParseReal, TakesTheWholeTextOrNothing) {
  for (const char* text : {"", "-", ".", "+1", " 1", "1 ", "1e", "0x1", "1,5", "1.5.2"})
    EXPECT_EQ(parse_real(text).fault(), kNoNumber) << text;
}

TEST(ParseReal, IsFinite) {
  for (const char* text : {"inf", "-inf", "infinity", "nan", "-nan", "NaN"})
    EXPECT_EQ(parse_real(text).fault(), kNoNumber) << text;
  EXPECT_EQ(parse_real("1e309").fault(), kOutOfRange);
  EXPECT_EQ(parse_real("-1e309").fault(), kOutOfRange);
}

TEST(ParseReal, KeepsTheRangeThatIsGiven) {
  EXPECT_TRUE(parse_real("1", 0, 1));
  EXPECT_EQ(parse_real("1.0000001", 0, 1).fault(), kOutOfRange);
}

TEST(ParseLeadingReal, LeavesWhatFollowsTheNumber) {
  const auto latency = parse_leading_real("0.6x");
  ASSERT_TRUE(latency);
  EXPECT_EQ(latency->value, 0.6);
  EXPECT_EQ(latency->rest, "x");
  EXPECT_EQ(parse_leading_real("12")->rest, "");
  EXPECT_EQ(parse_leading_real("1e3ms")->value, 1000);
  for (const char* text : {"", "x", "inf", "nan", "-", "1e999ms"})
    EXPECT_FALSE(parse_leading_real(text)) << text;
}

}  // namespace
}  // namespace bitloom
