// `bitloom man`: the manual page.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::ProgramResult;
using testing::run_bitloom;

std::string page() {
  const ProgramResult result = run_bitloom({"man"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  return result.out;
}

/// `--max-bits` as troff has it.
std::string as_troff(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '-' ? "\\-" : std::string(1, c);
  return out;
}

TEST(Man, HasEveryCommandAndItsOptions) {
  const std::string text = page();
  std::istringstream commands(run_bitloom({"complete", ""}).out);
  std::string command, option;
  int options = 0;
  while (std::getline(commands, command)) {
    EXPECT_NE(text.find("\n\\fB" + command + "\\fR\n"), std::string::npos) << command;
    if (text.find("\n.SS bitloom " + command + "\n") == std::string::npos) continue;
    std::istringstream names(run_bitloom({"complete", command, "--"}).out);
    for (; std::getline(names, option); ++options)
      EXPECT_NE(text.find("\\fB" + as_troff(option) + "\\fR"), std::string::npos) << option;
  }
  EXPECT_GT(options, 100);
}

TEST(Man, HasTheExamplesOfTheHelp) {
  EXPECT_NE(page().find(".EX\nbitloom describe network resnet20 \\-\\-bits 4/4"),
            std::string::npos);
}

TEST(Man, IsReadWithoutAWarning) {
  if (!std::filesystem::exists("/usr/bin/groff")) GTEST_SKIP() << "groff is not installed";
  const testing::TemporaryFolder folder;
  folder.write("bitloom.1", page());
  testing::ProgramSetting shell;
  shell.program = "/bin/sh";
  const ProgramResult read =
      run_bitloom({"-c", "groff -man -ww -Tascii -P-c " + folder.file("bitloom.1")}, shell);
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_EQ(read.err, "");
  EXPECT_NE(read.out.find("bitloom simulate --network resnet18 --hardware bismo-edge"),
            std::string::npos);
}

}  // namespace
}  // namespace bitloom
