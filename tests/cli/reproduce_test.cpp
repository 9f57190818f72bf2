// `bitloom reproduce`: published tables beside bitloom's figures.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::run_bitloom;
using testing::TemporaryFolder;

TEST(Reproduce, TellsWhatThePageInReportsShows) {
  const auto result = run_bitloom({"reproduce", "all", "--markdown", "-"});
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.exit_code, 1) << "some published figures are not reproduced";
  EXPECT_EQ(result.out, testing::contents(BITLOOM_SOURCE_DIR "/reports/reproduction.md"))
      << "run bitloom reproduce all --markdown reports/reproduction.md";
}

TEST(Reproduce, ExitsWith0WhereEveryComparedFigurePasses) {
  const auto result = run_bitloom({"reproduce", "haq-table6"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("PASS: 12 pass, 9 open\n"), std::string::npos) << result.out;
}

TEST(Reproduce, TellsTablesOnceInTheOrderOfTheList) {
  const auto result =
      run_bitloom({"reproduce", "mpdnn-table3", "haq-lut", "mpdnn-table3", "--json", "-"});
  const auto json = parse_json(result.out, "json");
  ASSERT_EQ(json.at("tables").size(), 2U);
  EXPECT_EQ(json.at("tables")[0].at("name"), "haq-lut");
  const auto& figure = json.at("tables")[1].at("figures")[3];
  EXPECT_EQ(figure.at("of"), "ResNet-20, Fixed 2/32");
  EXPECT_EQ(figure.at("published"), "65.5");
  EXPECT_NEAR(figure.at("ours").get<double>(), 268336 * 2 / 8.0 / 1024, 1e-9);
  EXPECT_EQ(figure.at("tolerance"), "last digit");
  EXPECT_EQ(figure.at("verdict"), "pass");
}

TEST(Reproduce, ListsItsTables) {
  const auto result = run_bitloom({"reproduce", "list"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("\nhaq-table3"), std::string::npos) << result.out;
  EXPECT_TRUE(testing::lines_beyond(80, result.out).empty()) << result.out;
}

TEST(Reproduce, OffersTheNearestTable) {
  const auto result = run_bitloom({"reproduce", "haq-tabel3"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind("unknown table 'haq-tabel3': did you mean haq-table3", 0), 0U)
      << result.err;
}

TEST(Reproduce, WritesItsFiles) {
  const TemporaryFolder folder;
  const auto result = run_bitloom({"reproduce", "haq-table6", "-o", "r.html", "--markdown", "r.md"},
                                  {.folder = folder.path().string(), .environment = {}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string page = testing::contents((folder.path() / "r.html").string());
  EXPECT_EQ(page.rfind("<!DOCTYPE html>", 0), 0U);
  EXPECT_NE(page.find("<td class=\"good\">pass</td>"), std::string::npos);
}

}  // namespace
}  // namespace bitloom
