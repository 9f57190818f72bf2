// `bitloom explore`: a space, a store, and what becomes of them when something goes wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/run_program.h"
#include "tests/support/space_files.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using testing::contents;
using testing::expect_refused;
using testing::run_bitloom;

class ExploreCommand : public ::testing::Test {
 protected:
  testing::ProgramSetting there() const {
    return {.folder = folder_.path().string(), .environment = {}};
  }
  testing::ProgramResult explore(const Arguments& more) const {
    Arguments all{"explore"};
    all.insert(all.end(), more.begin(), more.end());
    return run_bitloom(all, there());
  }
  void refuse(const Arguments& more, const std::string& complaint) const {
    Arguments all{"explore"};
    all.insert(all.end(), more.begin(), more.end());
    expect_refused(all, complaint, there());
  }
  std::string front_of(const std::string& store) const {
    return explore({"--show", store, "--csv", "-"}).out;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ExploreCommand, PrintsTheFrontInEightyColumns) {
  folder_.write("space.yaml", testing::small_space());
  const auto result = explore({"--space", "space.yaml", "-o", "all.db"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  EXPECT_EQ(result.out.rfind("all.db: 36 of 36 points evaluated, ", 0), 0u) << result.out;
  EXPECT_NE(result.out.find("refused 3: array.dm * array.dk <= 2048\n"), std::string::npos);
  const auto shown = explore({"--show", "all.db"});
  EXPECT_EQ(shown.out, result.out);
  const auto named = explore({"--space", "bismo-zynq7020", "-o", "zynq.db", "--strategy", "sobol",
                              "--evaluations", "300"});
  EXPECT_EQ(named.exit_code, 0) << named.err;
  EXPECT_EQ(testing::lines_beyond(80, named.out), Arguments{});
}

TEST_F(ExploreCommand, NamesTheTechnologyOfItsEnergies) {
  folder_.write("space.yaml", testing::small_space());
  const auto explored = explore({"--space", "space.yaml", "-o", "all.db", "--json", "r.json"});
  ASSERT_EQ(explored.exit_code, 0) << explored.err;
  const std::string line =
      "\nenergy by constants of a 28 nm FPGA (Zynq-7020)\n"
      "costs are of an image; --point N writes a point's machine\n";
  EXPECT_TRUE(explored.out.ends_with(line)) << explored.out;
  EXPECT_TRUE(explore({"--show", "all.db"}).out.ends_with(line));
  EXPECT_TRUE(explore({"--merge", "more.db", "all.db"}).out.ends_with(line));
  EXPECT_NE(contents(folder_.file("r.json")).find("\"energy_technology\": \"28 nm FPGA (Zynq"),
            std::string::npos);
  const auto report = run_bitloom({"report", "all.db", "--markdown", "-"}, there());
  EXPECT_NE(report.out.find("\n- Energies: of a 28 nm FPGA (Zynq-7020).\n"), std::string::npos)
      << report.out;
  EXPECT_EQ(report.err, "");
}

TEST_F(ExploreCommand, WarnsWhereAReportHasEnergiesOfDifferentTechnologies) {
  folder_.write("space.yaml", testing::small_space());
  ASSERT_EQ(explore({"--space", "space.yaml", "-o", "all.db"}).exit_code, 0);
  for (const char* machine : {"bitfusion-edge-real", "bismo-edge"})
    ASSERT_EQ(run_bitloom({"simulate", "--network", "resnet20", "--hardware", machine, "--json",
                           std::string(machine) + ".json"},
                          there())
                  .exit_code,
              0);
  const auto same =
      run_bitloom({"report", "all.db", "bismo-edge.json", "--markdown", "-"}, there());
  EXPECT_EQ(same.err, "");
  EXPECT_EQ(same.out.find("do not compare"), std::string::npos);
  const auto mixed = run_bitloom(
      {"report", "all.db", "bismo-edge.json", "bitfusion-edge-real.json", "--markdown", "-"},
      there());
  EXPECT_NE(mixed.err.find("report: energies of different technologies stand in one page: "),
            std::string::npos)
      << mixed.err;
  EXPECT_NE(
      mixed.out.find("\n## Energies\n\n- Energies of different technologies do not compare: "),
      std::string::npos)
      << mixed.out;
  for (const char* technology : {"28 nm FPGA (Zynq-7020)", "45 nm ASIC"}) {
    EXPECT_NE(mixed.err.find(technology), std::string::npos) << mixed.err;
    EXPECT_NE(mixed.out.find(std::string("Energies: of a ") + technology), std::string::npos);
  }
}

TEST_F(ExploreCommand, WritesAPointThatOtherCommandsTake) {
  folder_.write("space.yaml", testing::small_space());
  ASSERT_EQ(explore({"--space", "space.yaml", "-o", "all.db"}).exit_code, 0);
  folder_.write("point.yaml", explore({"--show", "all.db", "--point", "7"}).out);
  const auto priced =
      run_bitloom({"simulate", "--network", "resnet20", "--hardware", "point.yaml"}, there());
  EXPECT_EQ(priced.exit_code, 0) << priced.err;
  EXPECT_EQ(priced.err, "");
  const std::string refused = explore({"--show", "all.db", "--point", "0"}).out;
  EXPECT_EQ(refused.rfind("# The space refuses this point: ", 0), 0u) << refused;
  for (const Arguments& option :
       {Arguments{"--json", "-"}, {"--csv", "-"}, {"--where", "lut < 3"}, {"--validate", "cycle"}})
    refuse({"--show", "all.db", "--point", "7", option[0], option[1]},
           option[0] + ": does not go with --point, which writes one machine; leave it out");
  folder_.write("real.yaml", testing::small_space("bismo-edge-real"));
  ASSERT_EQ(explore({"--space", "real.yaml", "-o", "real.db"}).exit_code, 0);
  for (const char* point : {"0", "7"})
    EXPECT_EQ(testing::lines_beyond(80, explore({"--show", "real.db", "--point", point}).out),
              Arguments{});
  refuse({"--show", "all.db", "--point", "36"}, "--point '36': all.db has points from 0 to 35");
}

TEST_F(ExploreCommand, IsReportedByWhatTheFileHoldsNotByItsName) {
  folder_.write("space.yaml", testing::small_space());
  ASSERT_EQ(explore({"--space", "space.yaml", "-o", "store.json"}).exit_code, 0);
  const Arguments report{"report",     "store.json", "-o",    "r.html",
                         "--markdown", "r.md",       "--csv", "data"};
  const auto result = run_bitloom(report, there());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("\nWhat to change first\nKnee"), std::string::npos) << result.out;
  EXPECT_EQ(contents(folder_.file("r.html")).rfind("<!DOCTYPE html>", 0), 0u);
  EXPECT_EQ(contents(folder_.file("r.md")).rfind("# resnet20 on bismo-edge: ", 0), 0u);
  EXPECT_EQ(contents(folder_.file("data/front.csv")).rfind("point,which,latency_ms,", 0), 0u);
  const std::string before = contents(folder_.file("store.json"));
  expect_refused({"report", "store.json", "-o", "store.json"},
                 "store.json: --output would replace what RUN reads", there());
  expect_refused({"report", "store.json", "--markdown", "store.json"},
                 "store.json: --markdown would replace what RUN reads", there());
  EXPECT_EQ(contents(folder_.file("store.json")), before);
  folder_.write("text.db", std::string(5000, 'x'));
  expect_refused(
      {"report", "text.db", "-o", "no.html"},
      "text.db: is no run's folder: it is a file, and no store of bitloom explore; results of "
      "simulate and compare are named .json",
      there());
  folder_.write("broken.db", std::string("SQLite format 3\0", 16) + std::string(5000, 'x'));
  expect_refused({"report", "broken.db", "-o", "no.html"},
                 "broken.db: is no store of bitloom explore, or is damaged", there());
}

TEST_F(ExploreCommand, TellsWhichOptionsGoTogether) {
  refuse({},
         "bitloom explore: --space, --show or --merge is required (see bitloom explore --help)");
  refuse({"--space", "s.yaml"},
         "bitloom explore: --output is required (see bitloom explore --help)");
  refuse({"--space", "s.yaml", "-o", "s.db", "--where", "lut < 3"},
         "--where: goes with --show STORE");
  refuse({"--show", "s.db", "--seed", "3"}, "--seed: goes with --space; leave it out");
  refuse({"--show", "s.db", "--space", "s.yaml"},
         "bitloom explore: --space, --show and --merge are three tasks: give one");
  refuse({"--space", "s.yaml", "-o", "s.db", "--shard", "4/3"},
         "--shard '4/3': must be I/N, the I-th of N parts, such as 2/8");
  refuse({"--space", "s.yaml", "-o", "s.db", "--strategy", "sobl"},
         "--strategy: unknown strategy 'sobl': did you mean sobol? (known: exhaustive, random, "
         "sobol, nsga2, bottleneck)");
  folder_.write("space.yaml", testing::small_space());
  refuse({"--space", "space.yaml", "-o", "s.db", "--strategy", "nsga2", "--shard", "1/2"},
         "--shard: goes with exhaustive, random and sobol; nsga2 asks by what it is told");
  refuse({"--space", "space.yaml", "-o", "s.db", "--strategy", "exhaustive", "--evaluations", "9"},
         "--evaluations: exhaustive evaluates every point; leave it out, or take another "
         "--strategy");
  EXPECT_EQ(folder_.names(), Arguments{"space.yaml"});
}

TEST_F(ExploreCommand, RefusesStoresThatCannotBeWritten) {
  folder_.write("space.yaml", testing::small_space());
  refuse({"--space", "space.yaml", "-o", "none/s.db"},
         "none/s.db: cannot be opened: no such file or folder, or no permission");
  folder_.write("text.db", std::string(5000, 'x'));
  refuse({"--space", "space.yaml", "-o", "text.db"},
         "text.db: is no store of bitloom explore, or is damaged");
  EXPECT_EQ(contents(folder_.file("text.db")), std::string(5000, 'x'));
}

TEST_F(ExploreCommand, KeepsTheStoresThatItMerges) {
  folder_.write("space.yaml", testing::small_space());
  ASSERT_EQ(explore({"--space", "space.yaml", "-o", "a.db"}).exit_code, 0);
  const std::string before = contents(folder_.file("a.db"));
  refuse({"--merge", "all.db", "a.db", "--json", "a.db"},
         "a.db: --json would replace what --merge reads");
  refuse({"--merge", "all.db", "a.db", "--csv", "./a.db"},
         "./a.db: --csv would replace what --merge reads");
  refuse({"--merge", "./a.db", "a.db"}, "--merge: ./a.db is merged into itself");
  EXPECT_EQ(contents(folder_.file("a.db")), before);
}

TEST_F(ExploreCommand, ValidatesTheFrontInSystemC) {
  folder_.write("space.yaml", testing::small_space("bismo-edge-real"));
  ASSERT_EQ(explore({"--space", "space.yaml", "-o", "all.db"}).exit_code, 0);
  const auto result =
      explore({"--show", "all.db", "--where", "lut < 9000", "--validate", "cycle", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  EXPECT_NE(result.out.find("point analytic ms cycle ms"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("% off in time"), std::string::npos) << result.out;
  refuse({"--show", "all.db", "--validate", "analytic"},
         "--validate 'analytic': stores are made with it; take cycle");
  refuse({"--show", "all.db", "--where", "lut < 1", "--validate", "cycle"},
         "--validate: nothing to validate: all.db has no feasible point where lut < 1");
}

/// Knobs that change nothing but how many points there are.
std::string slow_space() {
  std::string text = testing::small_space();
  const std::string knob = "  clock_mhz: {from: 100, to: 300, step: 1}\nconstraints:";
  return text.replace(text.find("constraints:"), 12, knob);
}

TEST_F(ExploreCommand, KilledAtAnyTimeGoesOnToTheSameFront) {
  const std::string space = folder_.write("space.yaml", slow_space());
  ASSERT_EQ(explore({"--space", space, "-o", "whole.db"}).exit_code, 0);
  const std::string wanted = front_of("whole.db");
  for (const int jobs : {1, 3}) {
    const std::string store = folder_.file("killed" + std::to_string(jobs) + ".db");
    const Arguments arguments{"explore", "--space",           space, "-o", store,
                              "--jobs",  std::to_string(jobs)};
    int kills = 0;
    while (kills < 30 &&
           !testing::ends_within(arguments, std::chrono::milliseconds(15 + 3 * kills)))
      ++kills;
    EXPECT_GT(kills, 0);
    ASSERT_EQ(run_bitloom(arguments).exit_code, 0);
    EXPECT_EQ(front_of(store), wanted);
  }
}

}  // namespace
}  // namespace bitloom
