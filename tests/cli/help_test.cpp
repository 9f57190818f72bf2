#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using testing::run_bitloom;
using testing::StandardOutput;

const Arguments kCommands[] = {{},
                               {"simulate"},
                               {"compare"},
                               {"lut"},
                               {"explore"},
                               {"search"},
                               {"report"},
                               {"reproduce"},
                               {"list"},
                               {"describe"},
                               {"describe", "network"},
                               {"describe", "hardware"},
                               {"describe", "recipe"}};

/// Of the other programs, as far as they are built.
const std::vector<Arguments> kCompanionCommands{
#ifdef BITLOOM_LEARN
    {"train"},
    {"calibrate"},
    {"finetune"},
    {"record"},
    {"evaluate"},
    {"sensitivity"},
    {"search", "--method", "haq"},
#endif
#ifdef BITLOOM_RTL
    {"verify"},
#endif
};

TEST(Help, OfEveryCommandFitsEightyColumnsAndSucceeds) {
  std::vector<Arguments> commands(kCommands, std::end(kCommands));
  commands.insert(commands.end(), kCompanionCommands.begin(), kCompanionCommands.end());
  for (const Arguments& command : commands)
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

/// The command below `Example:` in a help, in words.
Arguments example_in(const std::string& help) {
  const std::size_t at = help.find("\nExample:\n");
  std::istringstream text(at == std::string::npos ? "" : help.substr(at + 10));
  Arguments words;
  for (std::string word; text >> word;)
    if (word != "\\") words.push_back(word);
  return words;
}

TEST(Help, OfEveryCommandHasAnExampleOfItsOptions) {
  std::vector<Arguments> commands(kCommands + 1, std::end(kCommands));
  for (const Arguments& command : kCompanionCommands) commands.push_back(command);
  for (const Arguments& command : commands) {
    Arguments arguments = command;
    arguments.emplace_back("--help");
    const std::string help = run_bitloom(arguments).out;
    const Arguments example = example_in(help);
    ASSERT_GT(example.size(), 1U) << help;
    EXPECT_EQ(example[0], "bitloom");
    EXPECT_EQ(example[1], command[0]);
    const std::string options = help.substr(0, help.find("\nExample:\n"));
    for (const std::string& word : example)
      if (word.starts_with("-") && command != Arguments{"describe"}) {
        EXPECT_NE(options.find(word), std::string::npos) << word << " in\n" << help;
      }
    std::istringstream lines(options);
    for (std::string line; std::getline(lines, line);)
      if (line.find("REQUIRED") != std::string::npos && line.find("--") != std::string::npos) {
        std::istringstream names(line);
        std::string name;
        names >> name;
        bool is_given = false;
        for (const std::string& word : example)
          is_given |= name.find(word) != std::string::npos && word.starts_with("-");
        EXPECT_TRUE(is_given) << name << " in\n" << help;
      }
  }
}

TEST(Help, HasExamplesThatRun) {
  const testing::TemporaryFolder folder;
  folder.write("layers.csv", "layer,kind,K,I,P,S,IC,OC\nconv1,conv,3,32,1,1,3,16\n");
  for (const Arguments& command : kCommands) {
    if (command.empty() || command[0] == "search" || command[0] == "report") continue;
    Arguments arguments = command;
    arguments.emplace_back("--help");
    const Arguments example = example_in(run_bitloom(arguments).out);
    ASSERT_FALSE(example.empty());
    for (auto begin = example.begin(); begin != example.end();) {
      const auto end = std::find(begin + 1, example.end(), "bitloom");
      const auto ran =
          run_bitloom({begin + 1, end}, {.folder = folder.path().string(), .environment = {}});
      EXPECT_EQ(ran.exit_code, 0) << ran.err;
      begin = end;
    }
  }
}

TEST(Help, OffersEveryCommandWithWhatItDoes) {
  const std::string help = run_bitloom({"--help"}).out;
  for (const char* command :
       {"simulate", "compare", "lut", "list", "describe", "search", "report", "reproduce"})
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
  for (const char* what : {"networks", "hardware", "dram", "data", "recipes", "searches"}) {
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
  for (const char* what : {"networks", "hardware", "dram", "data", "recipes", "searches"}) {
    const testing::ProgramResult result = run_bitloom({"list", what});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  }
}

}  // namespace
}  // namespace bitloom
