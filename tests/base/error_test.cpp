#include "base/error.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

using Names = std::vector<std::string>;

TEST(UserErrorText, IsOneLineWithoutControlCharacters) {
  EXPECT_STREQ(UserError("a\nb\r\tc\x1b[31m\x7f").what(), "a b  c [31m ");
}

TEST(UserErrorKind, IsAMistakeInTheInputUnlessSaidOtherwise) {
  EXPECT_EQ(UserError("x").kind(), UserError::Kind::kInput);
  EXPECT_FALSE(UserError("x").is_unsupported());
  EXPECT_TRUE(unsupported("x").is_unsupported());
}

TEST(UserErrorKind, StaysWhenThePlaceIsAdded) {
  const UserError told = unsupported("cannot be mapped").with_text("a.csv:3: cannot be mapped");
  EXPECT_STREQ(told.what(), "a.csv:3: cannot be mapped");
  EXPECT_TRUE(told.is_unsupported());
}

TEST(Ensure, ThrowsOnlyWhenAPromiseIsBroken) {
  EXPECT_NO_THROW(ensure(true, "never said"));
  EXPECT_THROW(ensure(false, "two and two are four"), InternalError);
}

TEST(NearestNames, AreOrderedByDistance) {
  EXPECT_EQ(nearest_names("resnet19", {"resnet50", "resnet18", "vgg16"}),
            (Names{"resnet18", "resnet50"}));
}

TEST(NearestNames, AreThreeAtMostAndKeepTheirOrderAtEqualDistance) {
  EXPECT_EQ(nearest_names("ax", {"aa", "ab", "ac", "ad"}), (Names{"aa", "ab", "ac"}));
}

TEST(NearestNames, CountASwapOfNeighboursAsOneMistake) {
  EXPECT_EQ(nearest_names("lsit", {"list", "last"}), Names{"list"});
}

TEST(NearestNames, MayDifferInAThirdOfTheirLetters) {
  EXPECT_EQ(nearest_names("abcdxx", {"abcdef"}), Names{"abcdef"}) << "2 of 6";
  EXPECT_EQ(nearest_names("abcxxx", {"abcdef"}), Names{}) << "3 of 6";
}

TEST(NearestNames, ContainTheTextWhereThatHasThreeLetters) {
  EXPECT_EQ(nearest_names("cloud", {"bismo-cloud", "bismo-edge"}), Names{"bismo-cloud"});
  EXPECT_EQ(nearest_names("cl", {"bismo-cloud"}), Names{});
  EXPECT_EQ(nearest_names("BISMO-Cloud", {"bismo-cloud", "bismo-edge"}), Names{"bismo-cloud"});
}

TEST(NearestNames, OfNothingAreNone) {
  EXPECT_EQ(nearest_names("", {"resnet18"}), Names{});
  EXPECT_EQ(nearest_names("resnet18", {}), Names{});
}

TEST(UnknownName, OffersTheNearestAndListsTheKnown) {
  EXPECT_STREQ(unknown_name("network", "resnet8", {"vgg16", "resnet18", "resnet20"}).what(),
               "unknown network 'resnet8': did you mean resnet18, resnet20? "
               "(known: vgg16, resnet18, resnet20)");
  EXPECT_STREQ(unknown_name("network", "x", {"vgg16"}).what(),
               "unknown network 'x' (known: vgg16)");
}

TEST(UnknownName, QuotesAnEndlessNameInPart) {
  EXPECT_EQ(std::string(unknown_name("network", std::string(100'000, 'x'), {"vgg16"}).what()),
            "unknown network '" + std::string(40, 'x') + "...' (known: vgg16)");
}

}  // namespace
}  // namespace bitloom
