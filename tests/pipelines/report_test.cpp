// The report of runs, by one call.
#include "pipelines/report.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kRun = BITLOOM_SOURCE_DIR "/tests/reports/run";

TEST(ReportOfRuns, HasTheFormsThatAreAskedFor) {
  const pipelines::ReportOfRuns lines = pipelines::report({.runs = {kRun}});
  EXPECT_EQ(lines.lines.size(), 6u);
  EXPECT_EQ(lines.html + lines.markdown, "");
  const pipelines::ReportOfRuns page = pipelines::report({.runs = {kRun}, .html = true});
  EXPECT_EQ(page.html.rfind("<!DOCTYPE html>", 0), 0u);
  EXPECT_EQ(page.markdown, "");
  EXPECT_EQ(pipelines::report({.runs = {kRun}, .markdown = true}).markdown.rfind("# ", 0), 0u);
}

TEST(ReportOfRuns, WritesTheDataOfItsFigures) {
  const testing::TemporaryFolder folder;
  pipelines::report({.runs = {kRun}, .csv_folder = folder.file("deep/csv")});
  EXPECT_FALSE(std::filesystem::is_empty(folder.file("deep/csv")));
}

TEST(ReportOfRuns, TakesEachRunOnce) {
  EXPECT_EQ(testing::complaint([] {
              pipelines::report({.runs = {kRun, kRun + "/"}});
            }),
            "RUN: " + kRun + "/ is given twice");
}

}  // namespace
}  // namespace bitloom
