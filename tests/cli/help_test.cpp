#include <gtest/gtest.h>

#include "tests/support/run_program.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using testing::run_bitloom;
using testing::StandardOutput;

const Arguments kCommands[] = {{},
                               {"simulate"},
                               {"compare"},
                               {"lut"},
                               {"search"},
                               {"report"},
                               {"list"},
                               {"describe"},
                               {"describe", "network"},
                               {"describe", "hardware"}};

TEST(Help, OfEveryCommandFitsEightyColumnsAndSucceeds) {
  for (const Arguments& command : kCommands)
    for (const char* flag : {"--help", "--help-all", "-h"}) {
      Arguments arguments = command;
      arguments.emplace_back(flag);
      const testing::ProgramResult result = run_bitloom(arguments);
      EXPECT_EQ(result.exit_code, 0);
      EXPECT_EQ(result.err, "");
      EXPECT_NE(result.out.find("--help"), std::string::npos);
      EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
    }
}

TEST(Help, OffersEveryCommandWithWhatItDoes) {
  const std::string help = run_bitloom({"--help"}).out;
  for (const char* command : {"simulate", "compare", "lut", "list", "describe", "search", "report"})
    EXPECT_NE(help.find("\n  " + std::string(command) + " "), std::string::npos) << help;
}

TEST(Version, IsOneLine) {
  const testing::ProgramResult result = run_bitloom({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out.rfind("bitloom ", 0), 0u);
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
}

TEST(Help, ThatCannotBeWrittenIsAnError) {
  testing::expect_refused(
      {"--help"}, "standard output: cannot be written: No space left on device",
      {.folder = ".", .environment = {}, .output = StandardOutput::kFullDevice});
}

TEST(Listing, OfNetworksAndHardwareFitsEightyColumns) {
  for (const char* what : {"networks", "hardware", "dram", "searches"}) {
    const testing::ProgramResult result = run_bitloom(
        {"list", what},
        {.folder = ".", .environment = {}, .output = StandardOutput::kTerminalOf80Columns});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  }
}

TEST(Listing, ShowsWholeNamesOnATerminal) {
  const testing::ProgramResult result = run_bitloom(
      {"list", "networks"},
      {.folder = ".", .environment = {}, .output = StandardOutput::kTerminalOf80Columns});
  for (const char* name : {"mobilenet_v1 ", "mobilenet_v1_0.75 ", "resnet20 "})
    EXPECT_NE(result.out.find("\n" + std::string(name)), std::string::npos) << result.out;
}

TEST(Listing, FitsEightyColumnsWhereItIsNoTerminal) {
  for (const char* what : {"networks", "hardware", "dram", "searches"}) {
    const testing::ProgramResult result = run_bitloom({"list", what});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  }
}

}  // namespace
}  // namespace bitloom
