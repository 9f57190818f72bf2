// `bitloom completion`: what shells complete, and the script that asks for it.
#include <gtest/gtest.h>

#include <filesystem>

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
  EXPECT_EQ(completed({"describe", ""}), "network\nhardware\nrecipe\n");
  EXPECT_EQ(completed({"describe", "network", "resnet2"}), "resnet20\n");
  EXPECT_EQ(completed({"describe", "hardware", "bismo-ed"}),
            "bismo-edge\nbismo-edge-real\nbismo-edge-rtl\n");
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

TEST(Completion, WorksInFish) {
  if (!std::filesystem::exists("/usr/bin/fish")) GTEST_SKIP() << "fish is not installed";
  const testing::TemporaryFolder folder;
  folder.write("layers.csv", "");
  folder.write("ask.fish", "function bitloom; \"" BITLOOM_PROGRAM "\" $argv; end\n" +
                               run_bitloom({"completion", "fish"}).out + "cd " +
                               folder.path().string() +
                               "\ncomplete -C 'bitloom simulate --network resnet2'\n"
                               "complete -C 'bitloom sim'\n"
                               "complete -C 'bitloom simulate --layers-csv lay'\n");
  testing::ProgramSetting fish;
  fish.program = "/usr/bin/fish";
  const ProgramResult asked = run_bitloom({"-N", folder.file("ask.fish")}, fish);
  EXPECT_EQ(asked.out, "resnet20\nsimulate\nlayers.csv\n") << asked.err;
}

/// What zsh makes of a line and a Tab, in a terminal of its own and in the folder of the script.
constexpr const char* kAskZsh = R"script(cd ${0:h}
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell "PS1= RPS1= TERM=dumb; fpath=($PWD \$fpath); path=($PWD \$path)"
zpty -w shell "take() { print -r -- \"<\$BUFFER>\"; exit; }; zle -N take; bindkey '^X' take"
zpty -w shell "autoload -U compinit; compinit -u -d $PWD/dump"
for line; do zpty -w -n shell "$line"$'\t'; done
zpty -w -n shell $'\x18'
zpty -r -m shell told '*<bitloom*>*'
print -r -- "${${told##*<}%%>*}"
)script";

TEST(Completion, WorksInZsh) {
  if (!std::filesystem::exists("/usr/bin/zsh")) GTEST_SKIP() << "zsh is not installed";
  const testing::TemporaryFolder folder;
  folder.write("_bitloom", run_bitloom({"completion", "zsh"}).out);
  folder.write("layers.csv", "");
  std::filesystem::create_symlink(BITLOOM_PROGRAM, folder.path() / "bitloom");
  testing::ProgramSetting zsh;
  zsh.program = "/usr/bin/zsh";
  const ProgramResult asked = run_bitloom({"-f", folder.write("ask.zsh", kAskZsh), "bitloom simul",
                                           "--netw", "resnet2", "--layers-csv lay"},
                                          zsh);
  EXPECT_EQ(asked.out, "bitloom simulate --network resnet20 --layers-csv layers.csv \n")
      << asked.err;
}

}  // namespace
}  // namespace bitloom
