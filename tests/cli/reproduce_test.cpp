// `bitloom reproduce`: published tables beside bitloom's figures.
#include <cmath>
#include <map>

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

/// The notes of all figures, by table, row and figure; a failure where two are named alike.
std::map<std::string, std::string> notes_by_name() {
  const auto result = run_bitloom({"reproduce", "all", "--json", "-"});
  const auto json = parse_json(result.out, "json");
  std::map<std::string, std::string> notes;
  for (const auto& table : json.at("tables"))
    for (const auto& figure : table.at("figures")) {
      const auto text = [&](const char* key) { return figure.at(key).get<std::string>(); };
      const std::string name =
          table.at("name").get<std::string>() + ": " + text("of") + ": " + text("figure");
      EXPECT_TRUE(notes.emplace(name, figure.value("note", "")).second) << name;
    }
  return notes;
}

TEST(Reproduce, GivesEachFigureItsOwnNameAndNamesWhatPapersDoNotAgreeOn) {
  const auto notes = notes_by_name();
  EXPECT_GT(notes.size(), 500U);
  for (const auto& [figure, note] : std::map<std::string, std::string>{
           {"hawq-table4: SqueezeNext, HAWQ: weights, times smaller", "9.26 from the same 10.1"},
           {"haq-table3: MobileNet-V1, HAQ beside PACT 4/4, bismo-edge: latency (ms)", "45.45"},
           {"mpdnn-table4: MobileNet-V2, Baseline 32/32: weights (MiB)", "without biases 13.236"},
           {"kcnn-table2: ResNet-18, TWN, 2 bits: weights, times smaller", "one-bit rows"}})
    EXPECT_NE(notes.at(figure).find(note), std::string::npos) << figure << "\n" << notes.at(figure);
}

TEST(Reproduce, FindsHaqsTable3AsItsPageTells) {
  const auto result = run_bitloom({"reproduce", "haq-table3", "--json", "-"});
  const auto json = nlohmann::json::parse(result.out);
  int compared = 0, close = 0;
  for (const auto& figure : json["tables"][0]["figures"]) {
    if (figure["verdict"] == "open") continue;
    ++compared;
    const std::string of = figure["of"];
    const double published = std::stod(figure["published"].get<std::string>());
    if (of.ends_with("bismo-cloud")) {
      EXPECT_NEAR(figure["ours"], published, 0.005) << of << ": to the printed digit";
    }
    if (std::abs(figure["error_percent"].get<double>()) < 0.02) {
      ++close;
      continue;
    }
    EXPECT_TRUE(of.starts_with("MobileNet-V1, PACT ") && of.ends_with("bismo-edge")) << of;
    const std::string note = figure["note"], start = "with the first layer at 8/8: ";
    ASSERT_EQ(note.find(start), 0U) << note;
    EXPECT_NEAR(std::stod(note.substr(start.size())) / published, 1, 0.001) << note;
  }
  EXPECT_EQ(compared, 16);
  EXPECT_EQ(close, 13);
}

TEST(Reproduce, ComparesEnergiesOnlyWhereTheTechnologyIsBitlooms) {
  const auto result = run_bitloom({"reproduce", "energy", "--json", "-"});
  const auto json = nlohmann::json::parse(result.out);
  std::map<std::string, nlohmann::json> rows;
  for (const auto& figure : json["tables"][0]["figures"]) rows[figure["of"]] = figure;
  EXPECT_EQ(rows.size(), 12U);
  for (const auto& [of, figure] : rows)
    EXPECT_EQ(figure["verdict"], of.find("FPGA") != std::string::npos ? "pass" : "open") << of;
  for (const char* of :
       {"Loom, ASIC, energy beside bit-parallel", "Stripes, ASIC, energy beside DaDianNao"})
    EXPECT_TRUE(rows.at(of)["ours"].is_null()) << of;
  const double array_watts = 4096 * 0.4591875e-12 * 500e6;
  const double watts = rows.at("BitFusion, 16 nm ASIC, 4096 units")["ours"];
  EXPECT_GT(watts, array_watts) << "and buffers";
  EXPECT_LT(watts, 1.5 * array_watts) << "without DRAM";
  const double at_16 = rows.at("UNPU, 65 nm ASIC, 16-bit weights")["ours"];
  EXPECT_LT(4 * at_16, double(rows.at("UNPU, 65 nm ASIC, 1-bit weights")["ours"]))
      << "an eighth of the cycles";
}

TEST(Reproduce, CountsNoFigureThatFollowsFromThePaperItself) {
  const auto result = run_bitloom({"reproduce", "all", "--json", "-"});
  const auto json = nlohmann::json::parse(result.out);
  int arithmetic = 0, sizes = 0;
  for (const auto& table : json["tables"])
    for (const auto& figure : table["figures"]) {
      const std::string name = figure["figure"], of = figure["of"];
      const bool is_hawq = table["name"].get<std::string>().starts_with("hawq-");
      if (figure["verdict"] == "arithmetic") ++arithmetic;
      if (figure.value("tolerance", "") == "rounding" || (is_hawq && name.ends_with("smaller"))) {
        EXPECT_NE(figure["verdict"], "pass") << of << ": " << name;
      }
      if (is_hawq && name == "size (MiB)" && of == "ResNet-50, PACT 3/3") {
        ++sizes;
        const double numbers = 25557032 + 2 * 26560;  // with running statistics
        EXPECT_NEAR(figure["ours"], numbers * 3 / 8 / (1 << 20), 1e-9);
      }
    }
  EXPECT_EQ(arithmetic, 71);
  EXPECT_EQ(sizes, 2);
}

TEST(Reproduce, FindsHaqsPoliciesWithinTheirBudgets) {
  const auto result = run_bitloom({"reproduce", "haq-policies"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* ratio : {"a ratio of 0.5965", "a ratio of 0.0996", "a ratio of 0.0988"})
    EXPECT_NE(result.out.find(ratio), std::string::npos) << result.out;
}

TEST(Reproduce, CountsEdgeLayersOfSatAsAdaBitsPrintsThem) {
  const auto result = run_bitloom({"reproduce", "sat", "--json", "-"});
  const auto json = parse_json(result.out, "json");
  const auto& figure = json.at("tables")[0].at("figures")[0];
  EXPECT_EQ(figure.at("of"), "MobileNet-V1 4/4");
  EXPECT_NE(std::string(figure.at("note")).find("2.58 MiB, 9.67 GBOPs"), std::string::npos);
}

TEST(Reproduce, ListsItsTables) {
  const auto result = run_bitloom({"reproduce", "list"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("\nhaq-table3"), std::string::npos) << result.out;
  EXPECT_TRUE(testing::lines_beyond(80, result.out).empty()) << result.out;
}

TEST(Reproduce, ListsNothingBesideTablesOrIntoFiles) {
  const std::string complaint = "list stands alone: it takes no tables, -o, --markdown or --json";
  testing::expect_refused({"reproduce", "list", "haq-table6"}, complaint);
  testing::expect_refused({"reproduce", "list", "--json", "x"}, complaint);
}

TEST(Reproduce, NamesEveryRowWholeInATerminalOf80Columns) {
  const auto data = run_bitloom({"reproduce", "all", "--json", "-"});
  const auto json = parse_json(data.out, "json");
  const auto told =
      run_bitloom({"reproduce", "all"},
                  {.environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  EXPECT_TRUE(testing::lines_beyond(80, told.out).empty());
  EXPECT_EQ(told.out.find("…"), std::string::npos);
  for (const auto& table : json.at("tables"))
    for (const auto& figure : table.at("figures")) {
      const std::string of = figure.at("of").get<std::string>();
      EXPECT_NE(told.out.find("\n" + of), std::string::npos) << of;
    }
}

TEST(Reproduce, WritesTheTablesThatWereAskedForIntoTheMarkdown) {
  const auto result = run_bitloom({"reproduce", "haq-table6", "qil", "--markdown", "-"});
  EXPECT_NE(result.out.find("\nWritten by `bitloom reproduce haq-table6 qil`."), std::string::npos)
      << result.out;
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
