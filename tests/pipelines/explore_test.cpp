// Design-space exploration: points and fronts.
#include "pipelines/explore/explore.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "search/explore/front.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"
#include "tests/pipelines/explore_fixture.h"

namespace bitloom {
namespace {

class Explore : public testing::ExploreTest {};

/// The front by pricing every machine as `simulate` does, in a few lines.
TEST_F(Explore, OfASmallSpaceEqualsBruteForce) {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  const auto policy = graph::uniform_policy(layers.size(), {4, 4});
  std::map<std::int64_t, std::vector<double>> feasible;
  std::int64_t number = -1;
  for (const int dm : {4, 8, 12})
    for (const int dk : {32, 64, 128, 256})
      for (const int words : {3, 512, 1024}) {
        ++number;
        if (dm * dk > 2048 || words == 3) continue;  // which cannot hold 4 planes of a word
        const auto machine = hardware::load_hardware(
            "bismo-edge", testing::kExploreHost.hardware_folder,
            {"array.dm=" + std::to_string(dm), "array.dk=" + std::to_string(dk),
             "buffers.weight_words=" + std::to_string(words)});
        const double luts = machine.machine().resources().front().amount;
        if (luts > 60000) continue;
        Cycles cycles;
        Picojoules energy;
        for (const auto& result : sim::run(layers, policy, machine, 1, {})) {
          cycles += result.cost.timing.total;
          energy += result.cost.energy.total();
        }
        feasible[number] = {runtime(cycles, machine.clock()).count(), energy.count() / 1e9, luts};
      }
  std::vector<std::int64_t> front;  // of equal points the first
  for (const auto& [point, values] : feasible) {
    bool is_beaten = false;
    for (const auto& [other, others] : feasible)
      is_beaten |= search::dominates(others, values) || (others == values && other < point);
    if (!is_beaten) front.push_back(point);
  }

  const reports::Exploration result = run({.space = {}, .store = "all.db"});
  EXPECT_EQ(result.points, 36);
  EXPECT_EQ(result.feasible, static_cast<std::int64_t>(feasible.size()));
  std::vector<std::int64_t> found;
  for (const reports::ExploredPoint& point : result.front) {
    found.push_back(point.number);
    EXPECT_EQ(point.metrics[0], feasible.at(point.number)[0]);
    EXPECT_EQ(point.metrics[1], feasible.at(point.number)[1]);
    EXPECT_EQ(point.metrics[5], feasible.at(point.number)[2]);
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, front);
}

TEST_F(Explore, CountsWhyPointsAreRefused) {
  const reports::Exploration result = run({.space = {}, .store = "all.db"});
  std::map<std::string, std::int64_t> counts;
  for (const reports::Refusals& refusals : result.refusals)
    counts[refusals.reason] = refusals.count;
  EXPECT_EQ(counts.at("array.dm * array.dk <= 2048"), 3);
  std::int64_t all = 0;
  for (const auto& [reason, count] : counts) {
    all += count;
    if (reason.starts_with("layer")) {
      EXPECT_NE(reason.find("overfills buffers.weight_words, which is 3"), std::string::npos);
    }
  }
  EXPECT_EQ(all, 36 - result.feasible);
}

TEST_F(Explore, FindsTheSameByProcessesShardsAndMerging) {
  const reports::Exploration whole = run({.space = {}, .store = "all.db"});
  const std::string wanted = testing::text_of(testing::points_of(file("all.db")));
  run({.space = {}, .store = "jobs.db", .jobs = 3});
  EXPECT_EQ(testing::text_of(testing::points_of(file("jobs.db"))), wanted);
  run({.space = {}, .store = "a.db", .shard = {1, 3}});
  run({.space = {}, .store = "b.db", .jobs = 2, .shard = {2, 3}});
  run({.space = {}, .store = "c.db", .shard = {3, 3}});
  EXPECT_EQ(testing::points_of(file("b.db")).size(), 12u);
  for (int again = 0; again < 2; ++again) {
    const auto merged =
        pipelines::merge_stores(file("merged.db"), {file("c.db"), file("a.db"), file("b.db")});
    EXPECT_EQ(merged.front.size(), whole.front.size());
    EXPECT_EQ(testing::text_of(testing::points_of(file("merged.db"))), wanted);
  }
}

TEST_F(Explore, TellsTheHypervolumeOfTheFrontBetweenBestAndWorst) {
  std::string told;
  pipelines::Host host = testing::kExploreHost;
  host.progress = [&](const pipelines::Progress& now) {
    if (now.more) told = now.more();
  };
  const reports::Exploration result = run({.space = {}, .store = "all.db"}, host);
  std::vector<double> least(3, 1e99), most(3, -1e99);
  std::vector<std::vector<double>> front;
  const auto objectives = [](const std::vector<double>& metrics) {
    return std::vector<double>{metrics[0], metrics[1], metrics[5]};
  };
  for (const pipelines::Evaluated& each : testing::points_of(file("all.db")))
    if (each.refusal.empty())
      for (std::size_t i = 0; i < 3; ++i) {
        least[i] = std::min(least[i], objectives(each.metrics)[i]);
        most[i] = std::max(most[i], objectives(each.metrics)[i]);
      }
  for (const reports::ExploredPoint& point : result.front)
    front.push_back(objectives(point.metrics));
  double box = 1;
  for (std::size_t i = 0; i < 3; ++i) box *= most[i] - least[i];
  const double share = search::hypervolume(front, most) / box;
  EXPECT_EQ(told, fmt::format(", hypervolume {:.4f}", share));
}

TEST_F(Explore, ByAnyStrategyIsTheSameAgain) {
  for (const char* strategy : {"random", "sobol", "nsga2"}) {
    const std::string name = strategy;
    run({.space = {}, .store = name + "1.db", .strategy = name, .evaluations = 15, .seed = 3});
    run({.space = {},
         .store = name + "2.db",
         .strategy = name,
         .evaluations = 15,
         .seed = 3,
         .jobs = 2});
    EXPECT_EQ(testing::points_of(file(name + "1.db")).size(), 15u);
    EXPECT_EQ(testing::text_of(testing::points_of(file(name + "1.db"))),
              testing::text_of(testing::points_of(file(name + "2.db"))));
  }
}

TEST_F(Explore, ShowsTheFrontOfWhatIsWanted) {
  run({.space = {}, .store = "all.db"});
  const auto all = pipelines::show_store(file("all.db"), std::nullopt);
  const auto few = pipelines::show_store(file("all.db"), "lut < 20000 and array.dk >= 64");
  EXPECT_LT(few.matching, all.matching);
  ASSERT_FALSE(few.front.empty());
  for (const reports::ExploredPoint& point : few.front) EXPECT_LT(point.metrics[5], 20000);
  const auto unknown = [&](const std::string& where) {
    return testing::complaint([&] { pipelines::show_store(file("all.db"), where); });
  };
  EXPECT_EQ(unknown("luts < 3")
                .find("--where 'luts < 3' at character 1: unknown name 'luts': did you "
                      "mean lut? (known: array.dm, "),
            0u)
      << unknown("luts < 3");
  EXPECT_EQ(unknown("foo < 3").find("--where 'foo < 3' at character 1: unknown name 'foo' (known: "
                                    "array.dm, "),
            0u)
      << unknown("foo < 3");
}

TEST_F(Explore, WritesAPointAsHardware) {
  const reports::Exploration result = run({.space = {}, .store = "all.db"});
  const reports::ExploredPoint& point = result.front.front();
  const std::string yaml = folder_.write(
      "point.yaml", pipelines::point_yaml(file("all.db"), point.number, testing::kExploreHost));
  const auto machine = hardware::load_hardware(yaml, testing::kExploreHost.hardware_folder);
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  Cycles cycles;
  for (const auto& result : sim::run(layers, graph::uniform_policy(layers.size(), {4, 4}), machine,
                                     1, sim::EngineOptions{}))
    cycles += result.cost.timing.total;
  EXPECT_EQ(runtime(cycles, machine.clock()).count(), point.metrics[0]);
}

}  // namespace
}  // namespace bitloom
