// `bitloom search` of a problem's file.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::run_bitloom;
using Json = nlohmann::json;

const std::string kResNet18 = BITLOOM_SOURCE_DIR "/tests/golden/hawqv3_problem_resnet18.json";

TEST(SearchOfAProblem, PrintsTheNineOptimaAsJson) {
  const auto result = run_bitloom({"search", "--problem", kResNet18, "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json printed = Json::parse(result.out);
  const Json golden = Json::parse(std::ifstream(kResNet18));
  ASSERT_EQ(printed.size(), 1u);
  ASSERT_EQ(printed["solutions"].size(), 9u);
  for (const Json& solution : printed["solutions"]) {
    const Json& optimum = golden["optima"][solution["budget"].get<std::string>()];
    EXPECT_EQ(solution.size(), 6u);
    EXPECT_EQ(solution["choices"], optimum["choices"]);
    EXPECT_NEAR(solution["omega"].get<double>(), optimum["omega"].get<double>(), 1e-12);
    EXPECT_EQ(solution["bound"], solution["omega"]);
    EXPECT_EQ(solution["proved_optimal"], true);
    EXPECT_EQ(solution["cost"].size(), 3u);
  }
}

TEST(SearchOfAProblem, PrintsATable) {
  const auto result = run_bitloom({"search", "--problem", kResNet18});
  EXPECT_NE(result.out.find("\nbops_0.5        0.215689  0.215689    yes"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nmodelsize_0.25\n  8 8 8 8 8 8 8 8 8 8 8 8 8 8 4 4 4 4 4\n"),
            std::string::npos)
      << result.out;
}

TEST(SearchOfAProblem, SweepsEachBudgetsFirstLimit) {
  const auto result =
      run_bitloom({"search", "--problem", kResNet18, "--pareto", "4", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json printed = Json::parse(result.out);
  const Json& solutions = printed["solutions"];
  ASSERT_EQ(solutions.size(), 9u * 5u);
  for (std::size_t i = 0; i < solutions.size(); i += 5) {
    EXPECT_FALSE(solutions[i].contains("limit"));
    for (std::size_t point = i + 1; point < i + 5; ++point) {
      EXPECT_EQ(solutions[point]["budget"], solutions[i]["budget"]);
      EXPECT_EQ(solutions[point]["proved_optimal"], true);
      if (point == i + 1) continue;
      EXPECT_LT(solutions[point]["omega"].get<double>(),
                solutions[point - 1]["omega"].get<double>());
    }
  }
}

TEST(SearchOfAProblem, AnswersWhatIsInfeasible) {
  const testing::TemporaryFolder folder;
  folder.write("p.json", R"({"layers": [{"name": "a", "choices": [
      {"label": "4", "omega": 2, "cost": {"ms": 3}},
      {"label": "8", "omega": 1, "cost": {"ms": 5}}]}],
      "budgets": [{"name": "tight", "limits": {"ms": 2.5}},
                  {"name": "tighter", "limits": {"ms": 2}}]})");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  expect_refused({"search", "--problem", "p.json", "--json", "out.json"},
                 "p.json: budget 'tight': no policy keeps ms 2.5: the least ms is 3; "
                 "budget 'tighter': no policy keeps ms 2: the least ms is 3",
                 there);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"p.json"});
  expect_refused({"search", "--problem", "p.json", "--method", "hawq"},
                 "--method and --problem: a problem's file says it all; leave one out", there);
  expect_refused({"search", "--problem", "q.json"}, "q.json: no such file", there);
  expect_refused({"search", "--problem", "p.json", "--json", "p.json"},
                 "p.json: --json would replace what --problem reads", there);
}

TEST(SearchOfAProblem, AnswersEachBudgetWhereSomeAreInfeasible) {
  const testing::TemporaryFolder folder;
  folder.write("p.json", R"({"layers": [{"name": "a", "choices": [
      {"label": "4", "omega": 2, "cost": {"ms": 3}},
      {"label": "8", "omega": 1, "cost": {"ms": 5}}]}],
      "budgets": [{"name": "tight", "limits": {"ms": 2.5}},
                  {"name": "fits", "limits": {"ms": 3}}]})");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  const auto text = run_bitloom({"search", "--problem", "p.json", "--pareto", "2"}, there);
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_EQ(text.err, "");
  EXPECT_EQ(text.out,
            "budget    omega bound proved ms\n"
            "-------------------------------\n"
            "fits          2     2    yes  3\n"
            "fits at 3     2     2    yes  3\n"
            "fits at 5     1     1    yes  5\n"
            "\n"
            "budget 'tight': no policy keeps ms 2.5: the least ms is 3\n"
            "\n"
            "choices of the 1 layers in order:\n"
            "\n"
            "fits\n"
            "  4\n"
            "\n"
            "fits at 3\n"
            "  4\n"
            "\n"
            "fits at 5\n"
            "  8\n");
  const auto json = run_bitloom({"search", "--problem", "p.json", "--json", "-"}, there);
  EXPECT_EQ(json.exit_code, 0);
  const Json printed = Json::parse(json.out);
  ASSERT_EQ(printed["solutions"].size(), 1u);
  EXPECT_EQ(printed["solutions"][0]["budget"], "fits");
  EXPECT_FALSE(printed["solutions"][0].contains("gap"));
  EXPECT_EQ(printed["unsolved"],
            (Json{{{"budget", "tight"}, {"reason", "no policy keeps ms 2.5: the least ms is 3"}}}));
}

}  // namespace
}  // namespace bitloom
