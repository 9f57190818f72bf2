#include "base/csv_parser.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using Cells = std::vector<std::vector<std::string>>;

Cells cells(const std::string& text) {
  Cells cells;
  for (const CsvLine& line : parse_csv("a.csv", text)) cells.push_back(line.cells);
  return cells;
}

std::string csv_mistake(const std::string& text) {
  return testing::complaint([&] { parse_csv("a.csv", text); });
}

TEST(ParseCsv, MayQuoteCommasQuotesAndLineEnds) {
  EXPECT_EQ(cells("\xef\xbb\xbf"
                  "a,b\r\n\"1,2\",\"say \"\"x\"\"\"\n\n\"two\nlines\",\n,last"),
            (Cells{{"a", "b"}, {"1,2", "say \"x\""}, {"two\nlines", ""}, {"", "last"}}));
  EXPECT_EQ(parse_csv("a.csv", "a\n\"x\ny\"\nb").back().number, 4u);
}

TEST(ParseCsv, TakesWhatPeopleWrite) {
  const Cells table{{"a", "b c"}, {"1", "x, y"}};
  EXPECT_EQ(cells("a, b c\n 1 ,\t\"x, y\" \n"), table);
  EXPECT_EQ(cells("a;b c\n1;x, y\n"), table);
  EXPECT_EQ(cells("\"a\";\"b c\"\n1;\"x, y\"\n"), table);
  EXPECT_EQ(cells("a\tb c\n1\tx, y\n"), table) << "as a spreadsheet pastes it";
  EXPECT_EQ(cells("\"a\"\t b c\n1\t\"x, y\"\n\tz\n"),
            (Cells{{"a", "b c"}, {"1", "x, y"}, {"", "z"}}));
  EXPECT_EQ(cells("a,b;c\n"), (Cells{{"a", "b;c"}})) << "commas first";
}

TEST(ParseCsv, PassesOverLinesOfSpacesAlone) {
  EXPECT_EQ(cells("  \na,b\n   \n1,2\r\n \t\r\n3, \n  "),
            (Cells{{"a", "b"}, {"1", "2"}, {"3", ""}}));
  EXPECT_EQ(parse_csv("a.csv", "a\n  \nb").back().number, 3u);
  EXPECT_EQ(cells("a\tb\n  \n1\t\n"), (Cells{{"a", "b"}, {"1", ""}}));
  EXPECT_EQ(cells("a\n\"  \"\n"), (Cells{{"a"}, {"  "}})) << "quoted";
}

TEST(ParseCsv, HasNoLinesInAnEmptyText) {
  EXPECT_EQ(cells(""), Cells{});
  EXPECT_EQ(cells("\n\r\n"), Cells{});
}

TEST(ParseCsv, ThatIsBrokenIsNamedByLine) {
  EXPECT_EQ(csv_mistake("a,b\n1,\"2\n3"),
            "a.csv:2: the quoted cell that begins here is not closed");
  EXPECT_EQ(csv_mistake("a,b\n1,x\"2\"\n"),
            "a.csv:2: a quote inside the cell 'x\"2\"'; quote the whole cell and double it");
  EXPECT_EQ(csv_mistake("a,b\n\"1\"x,2\n"),
            "a.csv:2: byte 0x78 after cell 1; a comma or the line's end would be right");
  EXPECT_EQ(csv_mistake("a,b\n1,2\rx\n"),
            "a.csv:2: byte 0x0d after cell 2; a comma or the line's end would be right");
}

TEST(CsvCell, IsReadBackAsItWas) {
  for (const char* text :
       {"plain", "", " spaces ", "a,b", "say \"x\"", "a;b", "\tx", "two\nlines", "\r"})
    EXPECT_EQ(cells("x," + csv_cell(text)), (Cells{{"x", text}}));
  EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
  EXPECT_EQ(csv_cell("plain text"), "plain text");
}

}  // namespace
}  // namespace bitloom
