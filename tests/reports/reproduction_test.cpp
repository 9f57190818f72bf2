// Published figures beside bitloom's, as text, Markdown and sections of a report.
#include "reports/text/reproduction.h"

#include <gtest/gtest.h>

#include "reports/html/reproduction_report.h"

namespace bitloom::reports {
namespace {

ReproductionFile two_tables() {
  ReproductionFile file;
  file.tables.push_back({.name = "a-table1",
                         .paper = "A (Author, 2020)",
                         .table = "table 1: size",
                         .assumptions = {"Sizes in MiB."},
                         .figures = {{.of = "net, 4/4",
                                      .figure = "size (MiB)",
                                      .published = "2.53",
                                      .ours = 2.5254,
                                      .error_percent = -0.18,
                                      .tolerance = "last digit",
                                      .verdict = kPass,
                                      .note = {}},
                                     {.of = "net, mixed",
                                      .figure = "size (MiB)",
                                      .published = "1048",
                                      .ours = 1000.0,
                                      .error_percent = -4.58,
                                      .tolerance = "3 %",
                                      .verdict = kFail,
                                      .note = "a|misprint"}}});
  file.tables.push_back({.name = "a-table2",
                         .paper = "A (Author, 2020)",
                         .table = "table 2: accuracy",
                         .assumptions = {},
                         .figures = {{.of = "net",
                                      .figure = "top-1 (%)",
                                      .published = "70.1 to 71",
                                      .ours = {},
                                      .error_percent = {},
                                      .tolerance = {},
                                      .verdict = kOpen,
                                      .note = "needs training"}}});
  return file;
}

TEST(ReproductionText, HasOneDigitMoreThanThePublishedFigure) {
  const ReproductionFile file = two_tables();
  EXPECT_EQ(ours_text(file.tables[0].figures[0]), "2.525");
  EXPECT_EQ(ours_text(file.tables[0].figures[1]), "1000");
  EXPECT_EQ(ours_text(file.tables[1].figures[0]), "–");
}

TEST(ReproductionText, TellsErrorsWithoutASignWhereTheyRoundToNothing) {
  ReproducedFigure figure;
  EXPECT_EQ(error_text(figure), "–");
  figure.error_percent = -0.0049;
  EXPECT_EQ(error_text(figure), "0.00 %");
  figure.error_percent = 0.3;
  EXPECT_EQ(error_text(figure), "+0.30 %");
}

TEST(ReproductionText, ShowsFiguresNotesAndWhatTheyComeTo) {
  EXPECT_EQ(reproduction_text(two_tables(), 200), R"(a-table1: A (Author, 2020), table 1: size
  Sizes in MiB.

of         figure     published bitloom   error  tolerance verdict note
-----------------------------------------------------------------------
net, 4/4   size (MiB)      2.53   2.525 -0.18 % last digit pass
net, mixed size (MiB)      1048    1000 -4.58 %        3 % FAIL    (1)
(1) a|misprint

a-table1: 1 pass, 1 FAIL

a-table2: A (Author, 2020), table 2: accuracy

of  figure     published bitloom error tolerance verdict note
-------------------------------------------------------------
net top-1 (%) 70.1 to 71       –     –         – open    (1)
(1) needs training

a-table2: 1 open

table    pass arithmetic FAIL open
----------------------------------
a-table1    1          0    1    0
a-table2    0          0    0    1

FAIL: 1 pass, 1 FAIL, 1 open
)");
}

TEST(ReproductionText, PutsNamesAboveFiguresWhereRowsAreTooWide) {
  ReproductionFile file = two_tables();
  file.tables.resize(1);
  EXPECT_EQ(reproduction_text(file, 68), R"(a-table1: A (Author, 2020), table 1: size
  Sizes in MiB.

figure       published bitloom   error  tolerance verdict note
--------------------------------------------------------------
net, 4/4
  size (MiB)      2.53   2.525 -0.18 % last digit pass
net, mixed
  size (MiB)      1048    1000 -4.58 %        3 % FAIL    (1)
(1) a|misprint

a-table1: 1 pass, 1 FAIL

FAIL: 1 pass, 1 FAIL
)");
}

TEST(ReproductionText, CountsAPapersOwnArithmeticApart) {
  ReproductionFile file = two_tables();
  file.tables.front().figures.front().verdict = kArithmetic;
  EXPECT_EQ(counts_text(file), "1 arithmetic, 1 FAIL, 1 open");
  EXPECT_NE(reproduction_markdown(file, {"all"}).find("| all |  | 0 | 1 | 1 | 1 |"),
            std::string::npos);
  const std::string page = report_html(reproduction_report(file, "1"));
  EXPECT_NE(page.find("1 arithmetic, 1 FAIL, 1 open"), std::string::npos);
}

TEST(ReproductionMarkdown, EscapesWhatWouldEndACell) {
  EXPECT_NE(
      reproduction_markdown(two_tables(), {"all"})
          .find("| net, mixed | size (MiB) | 1048 | 1000 | -4.58 % | 3 % | FAIL | a\\|misprint |"),
      std::string::npos);
}

TEST(ReproductionReport, AlignsColumnsOfPrintedFiguresAsNumbers) {
  const std::string page = report_html(reproduction_report(two_tables(), "1"));
  EXPECT_NE(page.find("<td class=\"n\">2.53</td><td class=\"n\">2.525</td>"), std::string::npos);
  EXPECT_NE(page.find("<td class=\"bad\">FAIL</td>"), std::string::npos);
  EXPECT_EQ(page.find("beyond"), std::string::npos);
  EXPECT_NE(page.find("<td>70.1 to 71</td>"), std::string::npos);
}

}  // namespace
}  // namespace bitloom::reports
