// What a report says that a policy costs.
#include "reports/html/cost_line.h"

#include <gtest/gtest.h>

#include "reports/html/figures.h"
#include "reports/html/report.h"

namespace bitloom::reports {
namespace {

/// A policy that costs 1.9 ms of 2 ms allowed.
Run solved_run() {
  Run run;
  run.name = "run";
  run.limits = {{"latency_ms", 2}};
  run.costs_at_8_bits = {{"latency_ms", 4}, {"size_mb", 2}};
  run.policy = {{"conv", 4, 4, {}}};
  SearchFile& solved = run.solved.emplace();
  solved.sensitivity = "fisher";
  solved.minimized = "omega";
  solved.limits = run.limits;
  solved.costs = {{"latency_ms", 1.9}, {"size_mb", 1}};
  solved.proved_optimal = true;
  return run;
}

TEST(CostLine, HasSharesOfTheLimitAndOfEightBits) {
  EXPECT_EQ(cost_line(solved_run()),
            "Cost of the batch: latency 1.9 ms (95.0 % of its limit, 0.47x of 8/8); size 1 MB "
            "(0.50x of 8/8).");
}

TEST(CostLine, OfMeasuredSearchesHasTheRatioOfEnergiesAtTheirBounds) {
  reports::Run run = read_run(BITLOOM_SOURCE_DIR "/tests/reports/run");
  const auto line = [&](double least, double most) {
    for (Candidate& candidate : run.candidates)
      if (candidate.name == "found")
        candidate.energy = {least, most, {}, {}};
      else if (candidate.name == "8/8")
        candidate.energy = {0.5, 0.8, {}, {}};
    run.priced.front().simulation.total.energy_least_mj = least;
    run.priced.front().simulation.total.energy_most_mj = most;
    return cost_line(run);
  };
  EXPECT_TRUE(
      line(0.25, 0.6).ends_with("At those bounds, the same for both, it is 0.50x to 0.75x of 8/8."))
      << line(0.25, 0.6);
}

TEST(FoundLine, SaysOfWhatTheLeastWasProved) {
  reports::Run run = solved_run();
  EXPECT_NE(summary_lines(run)[1].find("within the budgets (proved)"), std::string::npos)
      << summary_lines(run)[1];
  run.solved->minimized = "latency_ms";
  EXPECT_NE(summary_lines(run)[1].find("of the least latency within the limit on Omega"),
            std::string::npos)
      << summary_lines(run)[1];
}

TEST(FrontierFigure, DrawsPointsAndThePolicyFound) {
  reports::Run run = solved_run();
  run.solved->omega = 0.5;
  run.frontier.resize(2);
  run.frontier[0].omega = 1;
  run.frontier[0].costs = {{"latency_ms", 1}};
  run.frontier[1].omega = 2;
  run.frontier[1].costs = {{"latency_ms", 0.5}};
  EXPECT_EQ(frontier_figure(run)->data.csv(),
            "policy,latency_ms,omega\nfrontier,1.0,1.0\nfrontier,0.5,2.0\nfound,1.9,0.5\n");
}

}  // namespace
}  // namespace bitloom::reports
