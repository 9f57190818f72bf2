// Outputs that cannot be written: found before the work, and nothing is left behind.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using testing::contents;
using testing::expect_refused;
using testing::run_bitloom;
using testing::StandardOutput;

class Output : public ::testing::Test {
 protected:
  static Arguments simulate(const Arguments& more) {
    Arguments all{"simulate", "--network", "resnet20", "--hardware", "bismo-edge"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  testing::ProgramSetting there(StandardOutput output = StandardOutput::kCaptured) const {
    return {.folder = folder_.path().string(), .environment = {}, .output = output};
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Output, ThatCannotBeWrittenIsFoundBeforeTheWork) {
  const std::string hopeless = "none/r.json: cannot be written: No such file or directory";
  expect_refused(simulate({"--json", "none/r.json"}), hopeless, there());
  expect_refused(simulate({"--csv", "none/r.json"}), hopeless, there());
  expect_refused(simulate({"--json", "none/r.json", "--policy", "none.json"}), hopeless, there());
  expect_refused({"describe", "network", "resnet20", "--json", "none/r.json"}, hopeless, there());
  expect_refused({"describe", "hardware", "bismo-edge", "--json", "none/r.json"}, hopeless,
                 there());
  EXPECT_EQ(folder_.names(), Arguments{});
}

TEST_F(Output, LeavesNothingBehindWhereTheOtherOneIsRefused) {
  expect_refused(simulate({"--json", "r.json", "--csv", "none/r.csv"}),
                 "none/r.csv: cannot be written: No such file or directory", there());
  expect_refused(
      simulate({"--json", "r.json", "--bits", "4"}),
      "--bits '4': must be W/A, weight and activation bits, each in [1, 16], such as 4/6", there());
  EXPECT_EQ(folder_.names(), Arguments{});
}

TEST_F(Output, LeavesAnOldFileWhereTheRunIsRefused) {
  folder_.write("r.json", "old");
  run_bitloom(simulate({"--json", "r.json", "--layers", "none"}), there());
  EXPECT_EQ(contents(folder_.file("r.json")), "old");
  EXPECT_EQ(folder_.names(), Arguments{"r.json"});
}

TEST_F(Output, OfTwoKindsNeedsTwoPlaces) {
  const std::string both = ": --json and --csv cannot both write it";
  expect_refused(simulate({"--json", "r", "--csv", "r"}), "r" + both, there());
  expect_refused(simulate({"--json", "r", "--csv", "./r"}), "r" + both, there());
  std::filesystem::create_symlink("r", folder_.path() / "link");
  folder_.write("r", "");
  expect_refused(simulate({"--json", "link", "--csv", "r"}), "link" + both, there());
  expect_refused(simulate({"--json", "-", "--csv", "-"}),
                 "--json and --csv cannot both go to standard output", there());
  EXPECT_EQ(run_bitloom(simulate({"--json", "/dev/null", "--csv", "/dev/null"})).exit_code, 0);
}

TEST_F(Output, ToADeviceThatIsFullIsAnError) {
  expect_refused(simulate({"--json", "/dev/full"}),
                 "/dev/full: cannot be written: No space left on device", there());
}

TEST_F(Output, ToAFullOrClosedStandardOutputIsAnError) {
  const Arguments commands[] = {simulate({}),
                                simulate({"--json", "-"}),
                                {"list", "networks"},
                                {"describe", "hardware", "bismo-edge"}};
  for (const Arguments& command : commands) {
    expect_refused(command, "standard output: cannot be written: No space left on device",
                   there(StandardOutput::kFullDevice));
    expect_refused(command, "standard output: cannot be written: Bad file descriptor",
                   there(StandardOutput::kClosed));
  }
}

TEST_F(Output, IsWrittenWhereTheReaderOfStandardOutputHasEnough) {
  testing::ProgramSetting shell = there();
  shell.program = "/bin/sh";
  const auto result = run_bitloom(
      {"-c", std::string(BITLOOM_PROGRAM) +
                 " simulate --network resnet20 --hardware bismo-edge --explain --csv r.csv --json "
                 "r.json | true"},
      shell);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(folder_.names(), (Arguments{"r.csv", "r.json"}));
}

TEST_F(Output, NeverMeetsAnotherWhereStandardOutputIsClosed) {
  expect_refused(simulate({"--json", "-", "--csv", "r.csv"}),
                 "standard output: cannot be written: Bad file descriptor",
                 there(StandardOutput::kClosed));
  EXPECT_EQ(folder_.names(), Arguments{});
  expect_refused(simulate({"--json", "r.json"}),
                 "standard output: cannot be written: Bad file descriptor",
                 there(StandardOutput::kClosed));
  EXPECT_EQ(folder_.names(), Arguments{}) << "all of a command's outputs appear, or none";
}

TEST_F(Output, NeverReplacesWhatTheCommandReads) {
  folder_.write("p.json", "[[4, 4]]");
  expect_refused(simulate({"--policy", "p.json", "--json", "./p.json"}),
                 "./p.json: --json would replace what --policy reads", there());
  folder_.write("h.yaml", "family: bismo");
  expect_refused({"simulate", "--network", "resnet20", "--hardware", "h.yaml", "--csv", "h.yaml"},
                 "h.yaml: --csv would replace what --hardware reads", there());
  EXPECT_EQ(contents(folder_.file("p.json")), "[[4, 4]]");
}

TEST_F(Output, OfBothKindsLeavesTwoFilesAndTheTable) {
  const auto result = run_bitloom(simulate({"--json", "r.json", "--csv", "r.csv"}), there());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(folder_.names().size(), 2u);
  EXPECT_NE(result.out.find("total"), std::string::npos);
}

}  // namespace
}  // namespace bitloom
