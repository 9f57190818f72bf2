#include "base/text.h"

#include <gtest/gtest.h>

#include "base/shown_name.h"

namespace bitloom {
namespace {

using std::string_view_literals::operator""sv;

TEST(ReadableText, IsUtf8OfEveryLength) {
  for (const std::string_view text : {"", "a", "\x7e", "é", "€", "😀", "a\tb\r\nc"})
    EXPECT_EQ(readable_prefix(text), text.size()) << text;
}

TEST(ReadableText, EndsBeforeAByteThatIsNoUtf8) {
  EXPECT_EQ(readable_prefix("ab\xff"), 2u);
  EXPECT_EQ(readable_prefix("\x80"), 0u) << "a continuation without a lead";
  EXPECT_EQ(readable_prefix("a\xc3"), 1u) << "cut at the end";
  EXPECT_EQ(readable_prefix("a\xe2\x82"), 1u);
  EXPECT_EQ(readable_prefix("\xc3("), 0u);
  EXPECT_EQ(readable_prefix("\xc0\xaf"), 0u) << "a slash in two bytes";
  EXPECT_EQ(readable_prefix("\xed\xa0\x80"), 0u) << "half a surrogate pair";
  EXPECT_EQ(readable_prefix("\xf4\x90\x80\x80"), 0u) << "beyond U+10FFFF";
}

TEST(ReadableText, EndsBeforeControlCharacters) {
  EXPECT_EQ(readable_prefix("a\0b"sv), 1u);
  EXPECT_EQ(readable_prefix("\x1b[31m"), 0u);
  EXPECT_EQ(readable_prefix("a\x7f"), 1u);
  EXPECT_EQ(readable_prefix("a\xc2\x9b"), 1u) << "a terminal's CSI in one character";
}

TEST(OneReadableLine, HasNoLineEndOrTab) {
  EXPECT_TRUE(is_one_readable_line("BISMO: a µm² of it"));
  for (const std::string_view text : {"a\nb", "a\rb", "a\tb", "\xff", "a\x07"})
    EXPECT_FALSE(is_one_readable_line(text)) << text;
}

TEST(Excerpt, OfAShortTextIsTheText) {
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt(std::string(40, 'a')), std::string(40, 'a'));
}

TEST(Excerpt, OfALongTextIsCutBetweenCharacters) {
  EXPECT_EQ(excerpt(std::string(41, 'a')), std::string(40, 'a') + "...");
  EXPECT_EQ(excerpt(std::string(39, 'a') + "€€"), std::string(39, 'a') + "...");
}

TEST(ShownName, TellsTheEndsOfLongNames) {
  const std::string name = "widths.1.quantizer.layer1.0.conv1.activations.step";
  EXPECT_EQ(shown_name(name), name);
  EXPECT_EQ(shown_name(std::string(200, 'a')), std::string(200, 'a'));
  EXPECT_EQ(shown_name(std::string(199, 'a') + "€€"), std::string(199, 'a') + "...");
}

TEST(Utf8Prefix, PassesControlCharactersAndEndsAtABrokenOne) {
  EXPECT_EQ(utf8_prefix("a\x01\xc3\xa4"), 4u);
  EXPECT_EQ(utf8_prefix("a\xc3"), 1u);
  EXPECT_EQ(utf8_prefix("a\xe4z"), 1u);
}

TEST(OnOneLine, HasSpacesForTabsLineEndsAndControlCharacters) {
  EXPECT_EQ(on_one_line("a\tb\nc\x01\x7f€"), "a b c  €");
}

TEST(LineColumn, CountsBytesAndLinesFrom1) {
  const auto at = [](std::string_view text, std::size_t position) {
    const LineColumn place = line_column(text, position);
    return std::pair(place.line, place.column);
  };
  EXPECT_EQ(at("ab\ncd", 0), std::pair(std::size_t{1}, std::size_t{1}));
  EXPECT_EQ(at("ab\ncd", 2), std::pair(std::size_t{1}, std::size_t{3}));
  EXPECT_EQ(at("ab\ncd", 3), std::pair(std::size_t{2}, std::size_t{1}));
  EXPECT_EQ(at("ab\ncd", 5), std::pair(std::size_t{2}, std::size_t{3})) << "the end";
}

}  // namespace
}  // namespace bitloom
