// `bitloom report` from runs' folders to files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::contents;
using testing::expect_refused;
using testing::run_bitloom;
using testing::TemporaryFolder;

const std::string kRun = BITLOOM_SOURCE_DIR "/tests/reports/run";

std::string written(const TemporaryFolder& folder, const std::string& file) {
  return contents((folder.path() / file).string());
}

TEST(ReportCommand, WritesPageMarkdownAndData) {
  const TemporaryFolder folder;
  const auto result =
      run_bitloom({"report", kRun, "-o", "r.html", "--markdown", "r.md", "--csv", "data"},
                  {.folder = folder.path().string(), .environment = {}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.rfind("Asked: bits for the 3 layers of tiny", 0), 0u) << result.out;
  EXPECT_NE(result.out.find("written to r.html\nwritten to r.md\nwritten to data\n"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(written(folder, "r.html").rfind("<!DOCTYPE html>", 0), 0u);
  EXPECT_NE(written(folder, "r.md").find("### Bits of each layer"), std::string::npos);
  EXPECT_EQ(written(folder, "data/bits.csv"),
            "index,layer,weight_bits,activation_bits\n1,conv1,8,8\n2,block.conv,3,5\n3,fc,8,8\n");
}

TEST(ReportCommand, TellsRunsApartWhoseFoldersHaveTheSameName) {
  const TemporaryFolder folder;
  for (const char* parent : {"a", "b"}) {
    std::filesystem::create_directories(folder.path() / parent);
    std::filesystem::copy(kRun, folder.path() / parent / "run");
  }
  const auto result = run_bitloom({"report", "a/run", "b/run/", "--markdown", "-"},
                                  {.folder = folder.path().string(), .environment = {}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* name : {"a-run", "b-run"})
    EXPECT_NE(result.out.find(name), std::string::npos) << result.out;
}

TEST(ReportCommand, PutsAFileAloneOnStandardOutput) {
  const auto result = run_bitloom({"report", kRun, "--markdown", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.rfind("# tiny on bismo-edge: 93.50 % top-1", 0), 0u) << result.out;
}

TEST(ReportCommand, DrawsSvgsWhereNodeIs) {
  if (std::system("node --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no node here";
  const TemporaryFolder folder;
  const auto result = run_bitloom({"report", kRun, "--svg", "drawn"},
                                  {.folder = folder.path().string(), .environment = {}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* figure :
       {"bits", "latency", "energy", "roofline", "sensitivity", "history", "cost_ratio", "front"}) {
    const std::string svg = written(folder, std::string("drawn/") + figure + ".svg");
    EXPECT_EQ(svg.rfind("<svg ", 0), 0u) << figure;
    EXPECT_EQ(svg.find("var("), std::string::npos) << figure << " has colours without a page";
  }
}

TEST(ReportCommand, DrawsEveryFigureInABrowserWithoutAComplaint) {
  if (std::system("chromium --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no chromium here";
  const TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  ASSERT_EQ(run_bitloom({"report", kRun, "-o", "r.html"}, there).exit_code, 0);
  const std::string browse =
      "cd '" + folder.path().string() +
      "' && chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile "
      "--enable-logging=stderr --virtual-time-budget=5000 --dump-dom \"file://$PWD/r.html\" "
      "> dom 2> log";
  ASSERT_EQ(std::system(browse.c_str()), 0) << written(folder, "log");
  EXPECT_EQ(written(folder, "log").find("CONSOLE"), std::string::npos) << written(folder, "log");
  const std::string dom = written(folder, "dom");
  std::size_t charts = 0;
  for (std::size_t at = 0; (at = dom.find("class=\"chart", at + 1)) != std::string::npos;
       ++charts) {
    const std::size_t end = dom.find("</figure>", at);
    const std::string chart = dom.substr(at, end - at);
    EXPECT_NE(chart.find("<svg "), std::string::npos);
    EXPECT_EQ(chart.find("NaN"), std::string::npos) << chart;
  }
  EXPECT_EQ(charts, 8u);
}

TEST(ReportCommand, SaysThatSvgsNeedNode) {
  const TemporaryFolder folder;
  expect_refused({"report", kRun, "--svg", "drawn"},
                 "--svg: node cannot be started: No such file or directory; install it (Debian's "
                 "nodejs), or save figures from the report itself",
                 {.folder = folder.path().string(), .environment = {{"PATH", "/none"}}});
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "drawn"));
}

TEST(ReportCommand, RefusesWhatIsNoRunAndWritesNothing) {
  const TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  folder.write("file", "");
  std::filesystem::create_directory(folder.path() / "empty");
  std::filesystem::create_directory(folder.path() / "broken");
  folder.write("broken/manifest.json", "{\"method\": \"haq\",\n \"network\" 3}");
  std::filesystem::create_directory(folder.path() / "wrong");
  folder.write("wrong/manifest.json", "{\"network\": 3}");
  const auto refused = [&](const std::string& run, const std::string& complaint) {
    expect_refused({"report", run, "-o", "r.html", "--csv", "data"}, complaint, there);
  };
  refused("none", "none: is no run's folder: no such folder");
  refused("file",
          "file: is no run's folder: it is a file, and no store of bitloom explore; results of "
          "simulate and compare are named .json");
  refused("empty", "empty: is no run's folder: it has no manifest.json");
  std::filesystem::create_directory(folder.file("tuned"));
  folder.write("tuned/manifest.json", R"({"command": "finetune", "batch": "128"})");
  refused("tuned",
          "tuned/log.csv: is not there: the training has not ended an epoch yet, or the file was "
          "taken away");
  folder.write("tuned/log.csv", "epoch,train_loss\n1,2\n");
  refused("tuned", "tuned/log.csv:1: must have the column 'learning_rate' once");
  refused("broken", "broken/manifest.json:2:12: is no JSON");
  refused("wrong", "wrong/manifest.json: network: must be text, got 3");
  folder.write("wrong/manifest.json", "{\"command\": 5}");
  refused("wrong", "wrong/manifest.json: command: must be text, got 5");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "r.html"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "data"));
}

TEST(ReportCommand, DrawsTheCurvesOfATraining) {
  const TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  std::filesystem::create_directory(folder.file("tuned"));
  folder.write("tuned/manifest.json",
               R"({"command": "finetune", "network": "resnet20", "data": "shapes32",
                   "validated_on": "shapes32", "validated_images": 50,
                   "arguments": ["bitloom", "finetune"]})");
  folder.write("tuned/log.csv",
               "epoch,learning_rate,train_loss,train_top1_pct,validation_loss,"
               "validation_top1_pct,validation_stderr_pct,validation_low_pct,validation_high_pct\n"
               "1,0.1,2,30,1.5,50,7.1,,\n2,0.05,1,80,0.5,100,,94.184,100\n3,0,1,81,0.6,98,2,,\n");
  const auto result = run_bitloom(
      {"report", "tuned", "-o", "r.html", "--markdown", "r.md", "--csv", "data"}, there);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("Most accurate: epoch 2, validation top-1 100.00 (94.18 to 100) %"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(written(folder, "data/accuracy.csv"),
            "epoch,train_top1_pct,validation_top1_pct,low,high\n"
            "1,30.0,50.0,42.9,57.1\n2,80.0,100.0,94.184,100.0\n3,81.0,98.0,96.0,100.0\n");
  EXPECT_EQ(written(folder, "data/loss.csv").substr(0, 46),
            "epoch,train_loss,validation_loss,learning_rate");
  EXPECT_NE(written(folder, "r.html").find("Accuracy of each epoch"), std::string::npos);
  EXPECT_NE(written(folder, "r.md").find("Loss of each epoch"), std::string::npos);
  const auto both = run_bitloom({"report", "tuned", kRun, "-o", "both.html"}, there);
  EXPECT_EQ(both.exit_code, 0) << both.err;
}

/// A result of `command`, changed.
void write_changed(const TemporaryFolder& folder, std::vector<std::string> command,
                   const std::function<void(nlohmann::ordered_json&)>& change) {
  command.insert(command.end(), {"--network", "resnet20", "--json", "-"});
  auto json = nlohmann::ordered_json::parse(run_bitloom(command).out);
  change(json);
  folder.write("r.json", json.dump());
}

TEST(ReportCommand, NamesTheFieldOfAResultWhoseListsDoNotFit) {
  const TemporaryFolder folder;
  const std::vector<std::string> compare{"compare", "--hardware", "bismo-edge,bismo-cloud",
                                         "--policies", "8/8"};
  const auto refused = [&](const auto& change, const std::string& complaint) {
    write_changed(folder, compare, change);
    expect_refused({"report", "r.json", "-o", "r.html"}, complaint,
                   {.folder = folder.path().string(), .environment = {}});
  };
  refused([](auto& json) { json["sweeps"][1]["step_saves_percent"].erase(2); },
          "r.json: sweeps[1].step_saves_percent: must have 6 entries, one less than bits, got 5");
  refused([](auto& json) { json["policies"][0]["costs"].erase(1); },
          "r.json: policies[0].costs: must have 2 entries, one for each of hardware, got 1");
  refused([](auto& json) { json["hardware"][1]["batch"] = 0; },
          "r.json: hardware[1].batch: must be at least 1, got 0");
  refused([](auto& json) { json["policies"][0]["costs"][1]["energy_mj"] = -0.5; },
          "r.json: policies[0].costs[1].energy_mj: must be at least 0, got -0.5");
}

TEST(ReportCommand, RefusesCostsBelowZero) {
  const TemporaryFolder folder;
  const auto refused = [&](const auto& change, const std::string& complaint) {
    write_changed(folder, {"simulate", "--hardware", "bismo-edge"}, change);
    expect_refused({"report", "r.json", "-o", "r.html"}, complaint,
                   {.folder = folder.path().string(), .environment = {}});
  };
  refused([](auto& json) { json["layers"][3]["cycles"] = -7; },
          "r.json: layers[3].cycles: must be in [0, 9223372036854775807], got -7");
  refused([](auto& json) { json["layers"][3]["weight_bits"] = 4294967300; },
          "r.json: layers[3].weight_bits: must be in [0, 2147483647], got 4294967300");
  refused([](auto& json) { json["layers"][3]["latency_ms"] = -1e-3; },
          "r.json: layers[3].latency_ms: must be at least 0, got -0.001");
  refused([](auto& json) { json["clock_mhz"] = 0; },
          "r.json: clock_mhz: must be at least 0.001, got 0");
}

TEST(ReportCommand, TellsLargeCostsInUnitsThatSuitThem) {
  const TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  ASSERT_EQ(run_bitloom({"simulate", "--network", "retinanet_r50", "--hardware", "bismo-edge",
                         "--batch", "4096", "--json", "r.json"},
                        there)
                .exit_code,
            0);
  const auto result = run_bitloom({"report", "r.json", "--markdown", "-"}, there);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find(
                " images, computed together: latency 4.301 h, energy 25.81 kJ, 11.81 TB of DRAM, "),
            std::string::npos)
      << result.out.substr(0, 2000);
  EXPECT_NE(result.out.find(" kJ to 64.91 kJ by what bounds its constants."), std::string::npos);
  EXPECT_EQ(result.out.find("e+"), std::string::npos);
}

TEST(ReportCommand, NeedsSomethingToWriteThatIsNoInput) {
  expect_refused({"report", kRun},
                 "bitloom report: -o, --markdown, --csv or --svg is required (see bitloom report "
                 "--help)");
  expect_refused({"report", kRun, "-o", kRun + "/policy.json"},
                 kRun + "/policy.json: --output would replace what RUN reads");
  expect_refused({"report", kRun, kRun + "/.", "-o", "r.html"},
                 "RUN: " + kRun + "/. is given twice");
  expect_refused({"report", "-o", "r.html"},
                 "bitloom report: runs is required (see bitloom report --help)");
}

TEST(ReportCommand, WritesNoPageThatItsNameCallsSomethingElse) {
  const testing::TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  for (const std::string name : {"r.pdf", "r.md", "old.html.txt"}) {
    const std::string refusal =
        "-o '" + name + "': is HTML: must be a name ending in .html; Markdown is --markdown";
    expect_refused({"report", kRun, "-o", name, "--markdown", "m.md"}, refusal, there);
    expect_refused({"reproduce", "haq-table6", "-o", name}, refusal, there);
  }
  EXPECT_TRUE(folder.names().empty()) << "refused before the work";
  for (const std::string name : {"page", "r.HTML", "r.htm", "-"})
    EXPECT_EQ(run_bitloom({"report", kRun, "-o", name}, there).exit_code, 0) << name;
}

}  // namespace
}  // namespace bitloom
