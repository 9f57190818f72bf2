#include "reports/text/text_table.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/description.h"

namespace bitloom::reports {
namespace {

TextTable two_layers() {
  TextTable table({{"layer", Align::kLeft}, {"cycles"}});
  table.add_row({"features.17.conv.1.0", "12"});
  table.add_rule();
  table.add_row({"total", "12345678"});
  return table;
}

TEST(TextTables, AlignTheirColumnsAndDrawRules) {
  EXPECT_EQ(two_layers().text(),
            "layer                  cycles\n"
            "-----------------------------\n"
            "features.17.conv.1.0       12\n"
            "-----------------------------\n"
            "total                12345678\n");
}

TEST(TextTables, ShortenTheirFirstColumnWhereTheyWouldBeTooWide) {
  EXPECT_EQ(two_layers().text(24),
            "layer             cycles\n"
            "------------------------\n"
            "feature…onv.1.0       12\n"
            "------------------------\n"
            "total           12345678\n");
}

TEST(TextTables, KeepTwelveColumnsOfTheFirstWhateverTheWidth) {
  EXPECT_NE(two_layers().text(1).find("\nfeatur…"), std::string::npos);
}

TEST(TextTables, WrapTheirFirstColumnBelowHeadings) {
  TextTable table({{"figure", Align::kLeft}, {"published"}}, Narrow::kWrap);
  table.add_heading("AlexNet, KCNN, 2 bits");
  table.add_row({"  weights, times smaller", "15.81"});
  EXPECT_EQ(table.width(), 34U);
  EXPECT_EQ(table.text(25),
            "figure          published\n"
            "-------------------------\n"
            "AlexNet, KCNN, 2 bits\n"
            "  weights,\n"
            "  times smaller     15.81\n");
}

TEST(TextTables, TakeRowsWithACellForEachColumn) {
  TextTable table({{"a"}, {"b"}});
  EXPECT_THROW(table.add_row({"1"}), InternalError);
}

TEST(Shortened, LosesItsMiddle) {
  EXPECT_EQ(shortened("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(shortened("abcdefghijk", 10), "abcde…hijk");
  EXPECT_EQ(shortened("abcdefghijk", 3), "a…k");
}

TEST(TextTables, CountTheCharactersOfUtf8AndCutBetweenThem) {
  TextTable table({{"layer", Align::kLeft}, {"größe"}});
  table.add_row({"große_Schicht_äöü_ß", "1"});
  table.add_row({"ab", "22"});
  EXPECT_EQ(table.text(),
            "layer               größe\n"
            "-------------------------\n"
            "große_Schicht_äöü_ß     1\n"
            "ab                     22\n");
  EXPECT_EQ(table.text(18),
            "layer        größe\n"
            "------------------\n"
            "große_…äöü_ß     1\n"
            "ab              22\n");
}

TEST(Shortened, NeverCutsACharacter) {
  const std::string text = "aäb€c𝄞dé漢字e";
  for (std::size_t width = 3; width < 12; ++width) {
    const std::string cut = shortened(text, width);
    EXPECT_EQ(width_of(cut), std::min<std::size_t>(width, 11));
    EXPECT_TRUE(is_one_readable_line(cut)) << width;
  }
  EXPECT_EQ(shortened(text, 5), "aä…字e");
}

TEST(Wrapped, CountsCharacters) {
  EXPECT_EQ(wrapped("äöü äöü", 7, ""), "äöü äöü\n");
  EXPECT_EQ(wrapped("äöü äöü", 6, ""), "äöü\näöü\n");
}

TEST(Wrapped, BreaksAtSpacesAfterItsIndent) {
  EXPECT_EQ(wrapped("one two three", 80, "  "), "  one two three\n");
  EXPECT_EQ(wrapped("one two three", 9, "  "), "  one two\n  three\n");
  EXPECT_EQ(wrapped("unbreakable", 4, "  "), "  unbreakable\n") << "a word is never cut";
}

TEST(Listings, WrapTheirLastColumn) {
  const std::vector<Listed> rows{{"a", {"1", "one two three four five six seven"}},
                                 {"longer_name", {"22", "short"}}};
  EXPECT_EQ(list_text({"name", "n", "what it is"}, rows, 40),
            "name         n what it is\n"
            "--------------------------------------\n"
            "a            1 one two three four five\n"
            "               six seven\n"
            "longer_name 22 short\n");
}

TEST(Listings, AreOneLineEachWithoutALimit) {
  const std::string words = "one two three four five six seven eight nine ten eleven twelve";
  EXPECT_EQ(list_text({"name", "what"}, {{"a", {words}}}, TextTable::kUnlimited),
            "name what\n" + std::string(5 + words.size(), '-') + "\na    " + words + "\n");
}

TEST(NetworkText, TellsStridesOfBothSidesWhereTheyDiffer) {
  const auto window = [](graph::Extent stride) {
    graph::LayerShape layer{.name = "conv", .kind = graph::LayerKind::kConvolution};
    layer.kernel = {1, 5};
    layer.stride = stride;
    return network_text({.name = "n",
                         .about = "",
                         .input = {1, 1, 1},
                         .parameters = 5,
                         .layers = {{layer, {8, 8}}}},
                        80);
  };
  EXPECT_NE(window({1, 2}).find(" 1x5/1x2 "), std::string::npos) << window({1, 2});
  EXPECT_NE(window({2, 2}).find(" 1x5/2 "), std::string::npos);
  EXPECT_NE(window({1, 1}).find(" 1x5 "), std::string::npos);
}

}  // namespace
}  // namespace bitloom::reports
