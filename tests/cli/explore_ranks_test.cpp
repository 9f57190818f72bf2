// `bitloom explore` as several ranks of MPI on this machine. Skipped where no mpirun is installed.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/run_program.h"
#include "tests/support/space_files.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
constexpr const char* kMpirun = "/usr/bin/mpirun";

class ExploreRanks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kMpirun)) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
    folder_.write("space.yaml", testing::small_space());
  }
  testing::ProgramResult run(const Arguments& arguments, const std::string& program) const {
    return testing::run_bitloom(
        arguments,
        {.folder = folder_.path().string(),
         .environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}},
         .program = program});
  }
  testing::ProgramResult explore(int ranks, const Arguments& more) const {
    Arguments all{"--oversubscribe", "-n",      std::to_string(ranks),
                  BITLOOM_PROGRAM,   "explore", "--space"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all, kMpirun);
  }
  std::string front_of(const std::string& store) const {
    return run({"explore", "--show", store, "--csv", "-"}, BITLOOM_PROGRAM).out;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ExploreRanks, MakeTheStoreOfOneProcess) {
  ASSERT_EQ(run({"explore", "--space", "space.yaml", "-o", "one.db"}, BITLOOM_PROGRAM).exit_code,
            0);
  for (const int ranks : {1, 2, 3}) {
    const std::string store = std::to_string(ranks) + ".db";
    const auto result = explore(ranks, {"space.yaml", "-o", store});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out.rfind(store + ": 36 of 36 points evaluated, ", 0), 0U) << result.out;
    EXPECT_EQ(result.out.find(" points evaluated", 20), std::string::npos) << result.out;
    EXPECT_EQ(front_of(store), front_of("one.db"));
  }
}

/// The transport keeps no message for who is not listening yet.
TEST_F(ExploreRanks, NeverWaitForEachOther) {
  folder_.write("cheap.yaml",
                "hardware: bismo-edge\nknobs:\n  array.dm: {from: 1, to: 64, step: 1}\n"
                "  array.dk: {from: 8, to: 512, step: 8}\n  array.dn: {from: 1, to: 16, step: 1}\n"
                "constraints:\n  - array.dm * array.dk * array.dn <= 40\n"
                "networks: [resnet20]\nbits: 4/4\nobjectives: [latency, energy]\n");
  const auto result =
      run({"--mca", "btl", "self,vader", "--mca", "btl_vader_eager_limit", "512", "--oversubscribe",
           "-n", "2", BITLOOM_PROGRAM, "explore", "--space", "cheap.yaml", "-o", "c.db"},
          kMpirun);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.rfind("c.db: 65536 of 65536 points evaluated, ", 0), 0U) << result.out;
}

TEST_F(ExploreRanks, NameTheRankThatReadsAnotherSpace) {
  std::filesystem::copy(BITLOOM_SOURCE_DIR "/configs", folder_.path() / "other",
                        std::filesystem::copy_options::recursive);
  const std::string edge = folder_.file("other/hardware/bismo-edge.yaml");
  std::string text = testing::contents(edge);
  const std::size_t dm = text.find("dm: 8");
  ASSERT_NE(dm, std::string::npos);
  text.replace(dm, 5, "dm: 16");
  folder_.write("other/hardware/bismo-edge.yaml", text);
  const auto result = run({"--oversubscribe",
                           "-n",
                           "1",
                           BITLOOM_PROGRAM,
                           "explore",
                           "--space",
                           "space.yaml",
                           "-o",
                           "s.db",
                           ":",
                           "-n",
                           "2",
                           "-x",
                           "BITLOOM_CONFIGS=" + folder_.file("other"),
                           BITLOOM_PROGRAM,
                           "explore",
                           "--space",
                           "space.yaml",
                           "-o",
                           "s.db"},
                          kMpirun);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("rank 1: space.yaml: is another space here than on the first rank"),
            std::string::npos)
      << result.err;
}

TEST_F(ExploreRanks, RefuseOptionsOfTheirOwn) {
  const auto result =
      run({"--oversubscribe", "-n", "2", "sh", "-c",
           BITLOOM_PROGRAM " explore --space space.yaml -o s$OMPI_COMM_WORLD_RANK.db"},
          kMpirun);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("rank 1: has other arguments than rank 0; give all ranks the same"),
            std::string::npos)
      << result.err;
}

TEST_F(ExploreRanks, FollowAStrategyAsOneProcessDoes) {
  const Arguments how{"--strategy", "nsga2", "--evaluations", "200", "--seed", "3"};
  Arguments one{"explore", "--space", "bismo-zynq7020", "-o", "one.db"};
  one.insert(one.end(), how.begin(), how.end());
  ASSERT_EQ(run(one, BITLOOM_PROGRAM).exit_code, 0);
  Arguments two{"bismo-zynq7020", "-o", "two.db"};
  two.insert(two.end(), how.begin(), how.end());
  ASSERT_EQ(explore(2, two).exit_code, 0);
  EXPECT_EQ(front_of("two.db"), front_of("one.db"));
}

TEST_F(ExploreRanks, EndTogetherWhereTheFirstRefuses) {
  const auto unknown = explore(3, {"nowhere.yaml", "-o", "s.db"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("nowhere.yaml: no such file\n"), std::string::npos) << unknown.err;
  const auto jobs = explore(2, {"space.yaml", "-o", "s.db", "--jobs", "2"});
  EXPECT_EQ(jobs.exit_code, 2);
  EXPECT_NE(jobs.err.find("--jobs: each rank is a process already; leave it out, or start more "
                          "ranks"),
            std::string::npos)
      << jobs.err;
  EXPECT_FALSE(std::filesystem::exists(folder_.file("s.db")));
}

}  // namespace
}  // namespace bitloom
