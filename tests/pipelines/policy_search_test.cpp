// A search called as a program would: options in, a policy out.
#include "pipelines/policy_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/json_value.h"
#include "pipelines/solving.h"
#include "reports/millijoules.h"
#include "reports/results/search_file.h"
#include "reports/text/policy_search.h"
#include "reports/text/solutions.h"
#include "search/problem/problem_file.h"
#include "tests/search/random_problem.h"
#include "tests/search/tiny_network.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

class PolicySearch : public ::testing::Test {
 protected:
  PolicySearch() {
    const auto layers = graph::layers_of(graph::make_network("resnet20"));
    sensitivity_ = folder_.write(
        "s.json", search::sensitivity_json(testing::drawn_sensitivity("resnet20", layers)));
  }

  PolicySearchOptions half_of_latency() const {
    return {.space = {.network = {.name = "resnet20"},
                      .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"},
                      .budgets = {{.cost = 0, .value = 0.5}}},
            .sensitivity = sensitivity_};
  }

  testing::TemporaryFolder folder_;
  std::string sensitivity_;
};

TEST_F(PolicySearch, KeepsItsBudgetAndTellsItsSteps) {
  std::vector<std::string> steps;
  const FoundPolicy found =
      search_policy(half_of_latency(), {.progress = [&](const Progress& told) {
                      if (told.ended) steps.emplace_back(told.step);
                    }});
  EXPECT_LE(found.search.solution.costs[0], found.priced->costs_at_8_bits[0] / 2);
  EXPECT_TRUE(found.search.solution.proved_optimal);
  EXPECT_EQ(steps, (std::vector<std::string>{"price", "search"}));
}

TEST_F(PolicySearch, TellsWhatTheEnergiesOfAFrontierMayBe) {
  PolicySearchOptions options = half_of_latency();
  options.points = 4;
  options.folder = folder_.file("run");
  const FoundPolicy found = search_policy(options);
  const auto points = reports::read_frontier(JsonValue::load(folder_.file("run/frontier.json")));
  ASSERT_EQ(points.points.size(), found.frontier.size());
  const std::string head =
      ",policy,energy_least_mj,energy_most_mj,energy_ratio_least,energy_ratio_most\n";
  const std::string written = testing::contents(folder_.file("run/frontier.csv"));
  for (std::size_t i = 0; i < found.frontier.size(); ++i) {
    const reports::EnergyEnds& told = points.points[i].energy;
    const auto policy =
        search::filter_policy_of(found.priced->problem, found.frontier[i].solution.choices);
    const auto range = policy_costs(options.space.engine, *found.priced, policy).energy;
    EXPECT_EQ(*told.least_mj, reports::millijoules(range->least));
    EXPECT_EQ(*told.most_mj, reports::millijoules(range->most));
    EXPECT_NEAR(range->told.count() * 1e-9, points.points[i].costs.at("energy_mj"), 1e-9);
    const sim::RatioRange ratio = sim::ratio_range(*range, *found.search.energy_at_8_bits);
    EXPECT_EQ(*told.ratio_least, ratio.least);
    EXPECT_EQ(*told.ratio_most, ratio.most);
    EXPECT_NE(written.find(fmt::format(",{},{},{},{}\n", *told.least_mj, *told.most_mj,
                                       *told.ratio_least, *told.ratio_most)),
              std::string::npos)
        << written;
  }
  EXPECT_NE(written.find(head), std::string::npos) << written;
}

TEST_F(PolicySearch, TellsNoEnergyEndsWhereNoConstantIsBounded) {
  PolicySearchOptions options = half_of_latency();
  options.space.hardware.name = BITLOOM_SOURCE_DIR "/configs/hardware/bitfusion-edge-real.yaml";
  options.points = 2;
  options.folder = folder_.file("run");
  search_policy(options);
  const auto points = reports::read_frontier(JsonValue::load(folder_.file("run/frontier.json")));
  EXPECT_FALSE(points.points.front().energy.least_mj);
  const std::string csv = testing::contents(folder_.file("run/frontier.csv"));
  EXPECT_NE(csv.find(",,,,\n"), std::string::npos) << csv;
}

TEST_F(PolicySearch, KeepsLimitsAsAWholeWhereLayersReadEachOthersBits) {
  PolicySearchOptions options = half_of_latency();
  options.space.hardware.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge-real.yaml";
  options.space.hardware.settings = {"layout.convert=differing"};
  options.points = 6;
  for (const char* method : {"hawq-v2", "hawq-v3"}) {
    options.method = method;
    options.folder = folder_.file(method);
    std::vector<std::string> warnings;
    const FoundPolicy found = search_policy(
        options, {.warning = [&](const std::string& text) { warnings.push_back(text); }});
    EXPECT_EQ(warnings, std::vector<std::string>{});
    ASSERT_TRUE(found.priced->problem.whole);
    const auto points = reports::read_frontier(JsonValue::load(*options.folder + "/frontier.json"));
    ASSERT_GE(points.points.size(), 3U) << method;
    for (std::size_t i = 0; i < points.points.size(); ++i) {
      const reports::FrontierPoint& point = points.points[i];
      const auto policy =
          search::filter_policy_of(found.priced->problem, found.frontier[i].solution.choices);
      const std::vector<double> costs =
          policy_costs(options.space.engine, *found.priced, policy).costs;
      EXPECT_NEAR(point.costs.at("latency_ms"), costs[0], 1e-9 * costs[0]);
      EXPECT_NEAR(point.costs.at("dram_mb"), costs[2], 1e-9 * costs[2]);
      EXPECT_LE(costs[0], point.limit * (1 + 1e-9)) << method;
      EXPECT_LE(point.bound, point.omega);
    }
    const search::Solution& solution = found.search.solution;
    EXPECT_LE(solution.costs[0], found.search.query.limits.front().value * (1 + 1e-9));
    EXPECT_GE(solution.costs[0], 0.95 * found.search.query.limits.front().value) << method;
    const auto simulated =
        nlohmann::json::parse(testing::contents(*options.folder + "/simulation.json"))["total"];
    EXPECT_NEAR(solution.costs[0], simulated["latency_ms"].get<double>(), 1e-9);
    EXPECT_NE(reports::policy_search_text(found.search, 80).find("Layers read each other's bits"),
              std::string::npos);
  }
}

TEST_F(PolicySearch, RefusesWhatNoPolicyKeepsAsAWhole) {
  PolicySearchOptions options = half_of_latency();
  options.space.hardware.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge-real.yaml";
  options.space.hardware.settings = {"layout.convert=differing"};
  options.space.budgets.front().value = 0.01;
  const std::string refusal = testing::complaint([&] { search_policy(options); });
  EXPECT_TRUE(refusal.starts_with("no policy keeps latency 17.8")) << refusal;
}

TEST_F(PolicySearch, LeavesOutBitsAtWhichALayerCannotBeMapped) {
  PolicySearchOptions options = half_of_latency();
  options.space.budgets.front().value = 1;
  options.space.weight_bits = {2, 16};
  options.space.activation_bits = {8, 16};
  std::vector<std::string> warnings;
  const FoundPolicy found = search_policy(
      options, {.warning = [&](const std::string& text) { warnings.push_back(text); }});
  const search::NetworkProblem& problem = found.priced->problem;
  std::size_t left_out = 0;
  for (const auto& pairs : problem.precisions) left_out += 4 - pairs.size();
  EXPECT_EQ(problem.precisions[1].size(), 3U) << "144 products: all but 16/16";
  EXPECT_EQ(warnings, std::vector<std::string>{fmt::format(
                          "search: {} pairs of bits are left out, at which a layer cannot be "
                          "mapped; the first: layer 'conv1' at 16/16 cannot be mapped onto "
                          "bismo-edge: a sum of 27 products needs 37 accumulator bits, "
                          "timing.accumulator_bits is 32",
                          left_out)});
}

/// On accumulators that hold no 8/8: sums of 27 to 576 products at 4/4 need 13 to 18 bits.
TEST_F(PolicySearch, ComparesWithTheMostBitsThatCanBeMappedWhere8BitsCannot) {
  PolicySearchOptions options = half_of_latency();
  options.space.hardware.settings = {"timing.accumulator_bits=20"};
  options.space.weight_bits = {2, 4, 8};
  options.space.activation_bits = {2, 4};
  options.space.budgets = {search::parse_budget("--budget", "latency=0.8x")};
  std::vector<std::string> warnings;
  const Host host{.warning = [&](const std::string& text) { warnings.push_back(text); }};
  const FoundPolicy found = search_policy(options, host);
  EXPECT_EQ(found.priced->reference, (graph::Precision{4, 4}));
  ASSERT_FALSE(warnings.empty());
  EXPECT_EQ(warnings.front(),
            "search: layer 'conv1' at 8/8 cannot be mapped onto bismo-edge "
            "timing.accumulator_bits=20: a sum of 27 products needs 21 accumulator bits, "
            "timing.accumulator_bits is 20; costs are compared with those at 4/4, the most bits "
            "asked for that every layer can have");
  options.space.weight_bits = {4};
  options.space.activation_bits = {4};
  options.space.budgets = {search::parse_budget("--budget", "latency=1x")};
  const FoundPolicy all_at_4 = search_policy(options);
  EXPECT_NEAR(all_at_4.search.solution.costs[0], found.search.costs_at_8_bits[0], 1e-9);
  EXPECT_NEAR(found.search.query.limits[0].value, 0.8 * found.search.costs_at_8_bits[0], 1e-9);
  EXPECT_LE(found.search.solution.costs[0], found.search.query.limits[0].value);
}

TEST_F(PolicySearch, NeedsBitsThatEveryLayerCanHave) {
  PolicySearchOptions options = half_of_latency();
  options.space.hardware.settings = {"timing.accumulator_bits=20"};
  options.space.weight_bits = options.space.activation_bits = {8};
  const std::string refused = testing::complaint([&] { search_policy(options); });
  EXPECT_NE(refused.find("at 8/8 cannot be mapped onto bismo-edge timing.accumulator_bits=20"),
            std::string::npos)
      << refused;
}

TEST(Frontier, WarnsOfPointsWithoutAPolicy) {
  const search::Problem problem{{"ms"}, {{"a", {{"2", 5, {1}}, {"8", 1, {5}}}}}, {}, {}};
  std::vector<std::string> warnings;
  const Host host{.warning = [&](const std::string& text) { warnings.push_back(text); }};
  const auto points_above = [&](double least, const std::vector<search::Limit>& limits) {
    return frontier(
               "ms", limits, 5, {}, "frontier", host,
               [&](const std::vector<search::Limit>& within, const search::SolveOptions&) {
                 return within[0].value < least ? search::Answer{}
                                                : search::solve(problem, {.limits = within});
               },
               [&](const std::vector<search::Limit>& within, const auto& each) {
                 return search::ends_of_all(problem, within, each);
               })
        .size();
  };
  EXPECT_EQ(points_above(3, {{0, 9}}), 2u);
  EXPECT_EQ(points_above(1.5, {{0, 9}}), 2u);
  EXPECT_EQ(points_above(0, {{0, 9}, {0, 0.5}}), 0u);
  EXPECT_EQ(points_above(0, {{0, 9}}), 2u);
  EXPECT_EQ(warnings,
            (std::vector<std::string>{
                "frontier: 2 of 5 points are missing, the first at a limit of ms 1: the search "
                "ended early there",
                "frontier: 1 of 5 points is missing, at a limit of ms 1: the search ended early "
                "there",
                "frontier: no points: no policy keeps the other limits"}));
}

TEST_F(PolicySearch, GoesOnInAFolderOnlyWithTheSameImages) {
  PolicySearchOptions options = half_of_latency();
  options.folder = folder_.file("run");
  search_policy(options);
  search_policy(options);
  options.space.network.image_size = graph::Extent{64, 32};
  EXPECT_EQ(testing::complaint([&] { search_policy(options); }),
            folder_.file("run/manifest.json") +
                ": the run there has image_size null, not \"64x32\"; choose another folder, or the "
                "same options");
  const auto manifest = nlohmann::json::parse(testing::contents(folder_.file("run/manifest.json")));
  EXPECT_EQ(manifest["budgets"], nlohmann::json{"latency=0.5x"});
  EXPECT_EQ(manifest["weight_bits"], "2-8");
}

/// Omegas that are what costs leave, but for a little: any policy that uses the limits up is good.
TEST_F(PolicySearch, TellsHowFarAHardProblemIsAndEndsInTimeWithItsGap) {
  std::mt19937_64 random(5);
  search::Problem problem =
      testing::random_problem(random, {.layers = 60, .choices = 10, .costs = 4}, 0);
  for (search::LayerChoices& layer : problem.layers)
    for (search::Choice& choice : layer.choices) {
      choice.omega = 500 + static_cast<double>(random() % 1000) / 50;
      for (double& cost : choice.costs) {
        cost = static_cast<double>(random() % 100'000) / 1000;
        choice.omega -= cost;
      }
    }
  problem.budgets = {{"hard", {{0, 2700}, {1, 2700}, {2, 2700}, {3, 2700}}}};
  const std::string file = folder_.write("p.json", search::problem_json(problem, "drawn"));
  std::vector<std::string> told;
  const SolvedProblem solved =
      solve_problem({.problem = file, .seconds = 1}, {.progress = [&](const Progress& now) {
                      if (!now.note.empty()) told.push_back(now.note);
                    }});
  ASSERT_EQ(solved.solutions.size(), 1u);
  const search::Solution& found = solved.solutions[0].solution;
  EXPECT_FALSE(found.proved_optimal);
  EXPECT_GT(found.gap, 0);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().rfind("best ", 0), 0u) << told.back();
  EXPECT_NE(told.back().find(", bound "), std::string::npos) << told.back();
  EXPECT_NE(told.back().find(", gap "), std::string::npos) << told.back();
  const std::string text = reports::solutions_text(solved.problem, solved.solutions, {}, 80);
  EXPECT_NE(text.find("no, gap "), std::string::npos) << text;
}

TEST_F(PolicySearch, RefusesOptionsThatDoNotGoTogether) {
  PolicySearchOptions options = half_of_latency();
  options.points = 8;
  EXPECT_EQ(testing::complaint([&] { search_policy(options); }),
            "--pareto: the frontier goes into a run's folder; add -o FOLDER");
}

TEST(Choices, KeepBitsInTheirBounds) {
  const Network network = load(NetworkChoice{"resnet20"});
  EXPECT_EQ(load(PolicyChoice{.bits = graph::Precision{4, 6}}, network).size(),
            network.layers.size());
  EXPECT_EQ(testing::complaint([&] {
              load(PolicyChoice{.bits = graph::Precision{0, 6}}, network);
            }).rfind("--bits '0/6': must be W/A", 0),
            0u);
}

}  // namespace
}  // namespace bitloom::pipelines
