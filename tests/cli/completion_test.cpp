// `bitloom completion`: what shells complete, and the script that asks for it.
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::ProgramResult;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;

std::string completed(Arguments words) {
  words.insert(words.begin(), "complete");
  const ProgramResult result = run_bitloom(words);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  return result.out;
}

TEST(Completion, FindsCommandsOptionsAndNames) {
  EXPECT_EQ(completed({"sim"}), "simulate\n");
  EXPECT_EQ(completed({"describe", ""}), "network\nhardware\n");
  EXPECT_EQ(completed({"simulate", "--netw"}), "--network\n");
  EXPECT_EQ(completed({"simulate", "--network", "mobilenet_v1"}),
            "mobilenet_v1\nmobilenet_v1_0.75\n");
  EXPECT_EQ(completed({"lut", "--network", "resnet20", "--hardware", "bismo-ed"}),
            "bismo-edge\nbismo-edge-real\nbismo-edge-rtl\n");
  EXPECT_EQ(completed({"explore", "--space", "bitfusion"}), "bitfusion-45nm\n");
  EXPECT_NE(completed({"simulate", "--bits", "4/4", "--"}).find("--hardware\n"), std::string::npos);
}

TEST(Completion, LeavesFilesToTheShell) {
  EXPECT_EQ(completed({"simulate", "--layers-csv", ""}), "");
  EXPECT_EQ(completed({"simulate", ""}), "");
  EXPECT_EQ(completed({"nonsense", "x"}), "");
}

#ifdef BITLOOM_LEARN
TEST(Completion, AsksTheProgramThatHasTheCommand) {
  EXPECT_EQ(completed({"evaluate", "--pt"}), "--ptq\n");
  EXPECT_EQ(completed({"search", "--method", "haq", "--episodes"}), "--episodes\n");
}
#endif

TEST(Completion, WorksInBash) {
  const testing::TemporaryFolder folder;
  const ProgramResult script = run_bitloom({"completion", "bash"});
  ASSERT_EQ(script.exit_code, 0);
  folder.write("ask.sh", "bitloom() { \"" BITLOOM_PROGRAM "\" \"$@\"; }\n" + script.out +
                             "COMP_WORDS=(bitloom simulate --network resnet2) COMP_CWORD=3\n"
                             "_bitloom\necho \"${COMPREPLY[@]}\"\n");
  testing::ProgramSetting bash;
  bash.program = "/bin/bash";
  const ProgramResult asked = run_bitloom({folder.file("ask.sh")}, bash);
  EXPECT_EQ(asked.out, "resnet20\n") << asked.err;
  expect_refused({"completion", "tcsh"}, "unknown shell 'tcsh' (known: bash, zsh, fish)");
}

}  // namespace
}  // namespace bitloom
