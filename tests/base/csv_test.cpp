#include "base/csv.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

class Csv : public ::testing::Test {
 protected:
  CsvTable load(const std::string& text) const {
    return CsvTable::load(folder_.write("t.csv", text));
  }
  template <class Action>
  std::string refusal_of(Action action) const {
    return testing::without(testing::complaint(action), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Csv, HasTheCellsOfItsRowsByColumn) {
  const CsvTable table = load("a,b\r\n1,2.5\r\n\r\nx,\n");
  const auto rows = table.rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].integer("a", 0, 9), 1);
  EXPECT_EQ(rows[0].real("b"), 2.5);
  EXPECT_EQ(rows[1].text("a"), "x");
  EXPECT_EQ(rows[1].text("b"), "");
}

TEST_F(Csv, MayBeginWithAByteOrderMark) {
  const CsvTable table = load(
      "\xEF\xBB\xBF"
      "a,b\n1,2\n");
  EXPECT_EQ(table.rows()[0].integer("a", 0, 9), 1);
}

TEST_F(Csv, SaysWhereANumberIsNone) {
  const CsvTable table = load("a,b\n1,2\n01x,2\n");
  EXPECT_EQ(refusal_of([&] { table.rows()[1].integer("a", 0, 9); }),
            "t.csv:3: a: must be a whole number in [0, 9], got '01x'");
  EXPECT_EQ(refusal_of([&] { table.rows()[0].integer("b", 3, 9); }),
            "t.csv:2: b: must be a whole number in [3, 9], got '2'");
  EXPECT_EQ(refusal_of([&] { table.rows()[1].real("a"); }),
            "t.csv:3: a: must be a number, got '01x'");
}

TEST_F(Csv, HasFiniteNumbersAlone) {
  const CsvTable table = load("a,b\ninf,nan\n");
  EXPECT_EQ(refusal_of([&] { table.rows()[0].real("a"); }),
            "t.csv:2: a: must be a number, got 'inf'");
  EXPECT_EQ(refusal_of([&] { table.rows()[0].real("b"); }),
            "t.csv:2: b: must be a number, got 'nan'");
}

TEST_F(Csv, MayHaveColumnsThatWereEmptied) {
  const CsvTable table = load("a,b,,,\n1,2,,,\n3,,\n");
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.rows()[1].text("b"), "");
  EXPECT_EQ(refusal_of([&] { load("a,b,,\n1,2,,3\n"); }),
            "t.csv:2: must have 2 cells, one for each column, got 4");
}

TEST_F(Csv, MayQuoteItsCells) {
  const CsvTable table = load("\"a\",b\n\"x,\"\"y\"\"\",\"2\"\n");
  EXPECT_EQ(table.rows()[0].text("a"), "x,\"y\"");
  EXPECT_EQ(table.rows()[0].integer("b", 0, 9), 2);
}

TEST_F(Csv, NamesACellThatIsNoNumber) {
  const CsvTable table = load("a,b\n1, x 2\n");
  EXPECT_EQ(refusal_of([&] { table.rows()[0].integer("b", 0, 9); }),
            "t.csv:2: b: must be a whole number in [0, 9], got 'x 2'");
}

TEST_F(Csv, RefusesWhatIsNoTable) {
  EXPECT_EQ(refusal_of([&] { CsvTable::load(folder_.file("none.csv")); }),
            "none.csv: no such file");
  EXPECT_EQ(refusal_of([&] { load(""); }),
            "t.csv: is empty; a line that names the columns would be right");
  EXPECT_EQ(refusal_of([&] { load("a,b\n"); }), "t.csv:2: no row follows the names of the columns");
  EXPECT_EQ(refusal_of([&] { load("a,b\n1\n"); }),
            "t.csv:2: must have 2 cells, one for each column, got 1");
  EXPECT_EQ(refusal_of([&] { load("a,\x01\n1,2\n"); }),
            "t.csv:1: columns' names must be UTF-8 text without control characters");
}

TEST_F(Csv, RefusesACellThatIsReadAndIsNoText) {
  const CsvTable table = load("a,b\n1,\x01\n\"x\ny\",\xe4\n");
  EXPECT_EQ(table.rows()[0].text("a"), "1") << "whatever the cell beside it holds";
  EXPECT_EQ(refusal_of([&] { table.rows()[0].text("b"); }),
            "t.csv:2: b: must be UTF-8 text on one line without control characters");
  EXPECT_EQ(refusal_of([&] { table.rows()[1].text("a"); }),
            "t.csv:3: a: must be UTF-8 text on one line without control characters");
  EXPECT_EQ(refusal_of([&] { table.rows()[1].real("b"); }),
            "t.csv:3: b: must be UTF-8 text on one line without control characters");
}

TEST_F(Csv, MayHaveNoRowsWhereThatIsSaid) {
  const CsvTable table = CsvTable::parse("t.csv", "a,b\n", CsvTable::Rows::kMayBeNone);
  EXPECT_TRUE(table.rows().empty());
  EXPECT_TRUE(table.has("b"));
  EXPECT_FALSE(table.has("c"));
}

TEST_F(Csv, NamesMissingDoubleAndUnknownColumns) {
  EXPECT_EQ(refusal_of([&] {
              load("a\n1\n").require_columns({"a", "b"});
            }),
            "t.csv:1: must have the column 'b' once");
  EXPECT_EQ(refusal_of([&] { load("a,a\n1,1\n").require_columns({"a"}); }),
            "t.csv:1: must have the column 'a' once");
  EXPECT_EQ(refusal_of([&] { load("a,c\n1,1\n").require_columns({"a"}); }), "no complaint");
  EXPECT_EQ(refusal_of([&] { load("a,c\n1,1\n").require_only_columns({"a"}); }),
            "t.csv:1: unknown column 'c': did you mean a? (known: a)");
  EXPECT_EQ(refusal_of([&] {
              load("a,,b\n1,,2\n").require_only_columns({"a", "b"});
            }),
            "t.csv:1: a column has no name: is there a comma too many?");
}

TEST_F(Csv, MayEndLinesWithACommaAndWholeNumbersWithZeros) {
  for (const char* text : {"a,b\n1,16.0,\n", "a,b,\n1,16,\n", "a,b,\n1,16.00\n"}) {
    const CsvTable table = load(text);
    EXPECT_EQ(table.columns(), (std::vector<std::string>{"a", "b"})) << text;
    EXPECT_EQ(table.rows()[0].integer("b", 0, 99), 16) << text;
  }
  EXPECT_EQ(refusal_of([&] { load("a,b\n1,2,3,\n"); }),
            "t.csv:2: must have 2 cells, one for each column, got 3");
}

}  // namespace
}  // namespace bitloom
