// What a report tells of a store: held to the store and to prices made again.
#include "pipelines/explore/store_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>

#include "pipelines/explore/sample.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"
#include "tests/pipelines/explore_fixture.h"

namespace bitloom {
namespace {

using reports::ExploredStore;

class StoreReport : public testing::ExploreTest {
 protected:
  ExploredStore told(const std::string& store) const {
    return pipelines::explored_store(file(store), testing::kExploreHost);
  }
  std::string refusal(const std::string& store) const {
    return testing::without(testing::complaint([&] { told(store); }),
                            folder_.path().string() + "/");
  }
  void change(const std::string& store, const std::string& sql) const {
    pipelines::Database(file(store), pipelines::Database::Access::kWrite).execute(sql);
  }
};

/// Points beside one another differ in one knob, by one value.
bool is_beside(const search::Grid& grid, std::int64_t a, std::int64_t b) {
  const search::Choices one = grid.choices(a), other = grid.choices(b);
  std::size_t apart = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    apart += std::max(one[i], other[i]) - std::min(one[i], other[i]);
  return apart == 1;
}

TEST_F(StoreReport, TakesStepsFromTheStoreAndPricesTheOthers) {
  run({.space = {}, .store = "all.db"});
  run({.space = {}, .store = "few.db", .strategy = "random", .evaluations = 12});
  std::map<std::int64_t, pipelines::Evaluated> all, few;
  for (const auto& each : testing::points_of(file("all.db"))) all[each.point] = each;
  for (const auto& each : testing::points_of(file("few.db"))) few[each.point] = each;
  const search::Grid grid = pipelines::Store::read(file("all.db")).about().grid();
  int priced = 0;
  for (const char* store : {"all.db", "few.db"}) {
    const ExploredStore told_of = told(store);
    const bool is_whole = std::string_view(store) == "all.db";
    for (const reports::ChosenPoint& chosen : told_of.chosen) {
      const std::int64_t from = told_of.found.front[chosen.at].number;
      std::set<std::int64_t> beside;
      for (const auto& [point, each] : all)
        if (is_beside(grid, from, point)) beside.insert(point);
      ASSERT_EQ(chosen.steps.size(), beside.size());
      for (const reports::ExploredStep& step : chosen.steps) {
        EXPECT_EQ(beside.erase(step.point), 1u);
        EXPECT_EQ(step.is_stored, is_whole || few.count(step.point) > 0);
        EXPECT_EQ(step.refusal, all.at(step.point).refusal);
        EXPECT_EQ(step.metrics, all.at(step.point).metrics);
        priced += !step.is_stored;
      }
    }
  }
  EXPECT_GT(priced, 0);
}

TEST_F(StoreReport, ChoosesTheBestOfEachObjectiveAndTheKnee) {
  run({.space = {}, .store = "all.db"});
  const ExploredStore store = told("all.db");
  const auto value = [&](std::size_t at, std::size_t objective) {
    return store.found.front[at].metrics[store.objective_metrics[objective]];
  };
  std::vector<std::size_t> places(store.found.front.size());
  std::iota(places.begin(), places.end(), 0);
  std::vector<double> least, most;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto before = [&](std::size_t a, std::size_t b) { return value(a, i) < value(b, i); };
    least.push_back(value(*std::min_element(places.begin(), places.end(), before), i));
    most.push_back(value(*std::max_element(places.begin(), places.end(), before), i));
  }
  const auto distance = [&](std::size_t at) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i)
      sum += std::pow((value(at, i) - least[i]) / (most[i] - least[i]), 2);
    return sum;
  };
  const std::size_t knee = *std::min_element(
      places.begin(), places.end(), [&](auto a, auto b) { return distance(a) < distance(b); });
  ASSERT_EQ(store.objectives, (std::vector<std::string>{"latency", "energy", "lut"}));
  EXPECT_EQ(store.chosen.front().at, knee);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = "least " + store.objectives[i];
    const auto found = std::find_if(store.chosen.begin(), store.chosen.end(), [&](const auto& c) {
      return c.name.find(name) != std::string::npos;
    });
    ASSERT_NE(found, store.chosen.end()) << name;
    EXPECT_EQ(value(found->at, i), least[i]);
  }
}

TEST_F(StoreReport, NamesAPointThatIsBestInSeveralObjectivesOnce) {
  run({.space = space("hardware: bismo-edge\nknobs:\n  array.dm: [8]\nnetworks: [resnet20]\n"
                      "bits: 4/4\nobjectives: [latency, energy]\n"),
       .store = "one.db"});
  const ExploredStore store = told("one.db");
  ASSERT_EQ(store.chosen.size(), 1u);
  EXPECT_EQ(store.chosen[0].name, "knee, least latency and least energy");
  EXPECT_TRUE(store.chosen[0].steps.empty());
  EXPECT_TRUE(store.sample.empty());
  EXPECT_EQ(store.opened.size(), 1u);
}

TEST_F(StoreReport, OpensPointsToLayersThatAddUpAndToTheirMachine) {
  run({.space = {}, .store = "all.db"});
  const ExploredStore store = told("all.db");
  EXPECT_EQ(store.opened.size(), std::min<std::size_t>(store.found.front.size(), 30));
  for (const reports::OpenedPoint& opened : store.opened) {
    double latency = 0, energy = 0;
    for (const reports::ExploredLayer& layer : opened.layers) {
      latency += layer.latency_ms;
      energy += layer.energy_mj;
      EXPECT_FALSE(layer.bound.empty());
      EXPECT_EQ(layer.bits.weight_bits, 4);
    }
    EXPECT_NEAR(latency, store.found.front[opened.at].metrics[0], 1e-9 * latency);
    EXPECT_NEAR(energy, store.found.front[opened.at].metrics[1], 1e-9 * energy);
  }
  EXPECT_EQ(store.opened.front().yaml,
            pipelines::point_yaml(file("all.db"), store.found.front.front().number,
                                  testing::kExploreHost));
}

/// Small space with knobs that make it larger.
std::string large_space() {
  std::string text = testing::small_space();
  const std::string knob = "  clock_mhz: {from: 100, to: 300, step: 1}\nconstraints:";
  return text.replace(text.find("constraints:"), 12, knob);
}

TEST_F(StoreReport, SamplesNoMoreThanTwoThousandPointsBesideTheFront) {
  run({.space = space(large_space()), .store = "all.db"});
  const ExploredStore store = told("all.db");
  ASSERT_GT(store.found.feasible, 4000);
  EXPECT_LE(store.sample.size(), 2000u);
  EXPECT_GT(store.sample.size(), 1800u);
  EXPECT_LE(store.opened.size(), 30u);
  std::set<std::int64_t> seen;
  for (const reports::ExploredPoint& point : store.found.front) seen.insert(point.number);
  std::map<std::int64_t, std::vector<double>> all;
  for (const auto& each : testing::points_of(file("all.db"))) all[each.point] = each.metrics;
  for (const reports::ExploredPoint& point : store.sample) {
    EXPECT_TRUE(seen.insert(point.number).second) << point.number;
    EXPECT_EQ(point.metrics, all.at(point.number));
  }
  EXPECT_EQ(told("all.db").sample.back().number, store.sample.back().number);
}

TEST(Sample, IsOfAllItemsEvenly) {
  pipelines::Sample<int> sample(500);
  for (int i = 0; i < 100'000; ++i) sample.add(i);
  ASSERT_EQ(sample.items().size(), 500u);
  EXPECT_EQ(std::set<int>(sample.items().begin(), sample.items().end()).size(), 500u);
  const auto below = std::count_if(sample.items().begin(), sample.items().end(),
                                   [](int item) { return item < 50'000; });
  EXPECT_GT(below, 200);
  EXPECT_LT(below, 300);
}

TEST_F(StoreReport, TellsTheProtocol) {
  std::string text = testing::small_space();
  run({.space = space("description: an array for ResNet-20\nedge_layers: 8/8\n" + text),
       .store = "a.db",
       .strategy = "sobol",
       .evaluations = 20,
       .seed = 7});
  const ExploredStore store = told("a.db");
  EXPECT_EQ(store.description, "an array for ResNet-20");
  EXPECT_EQ(store.hardware, "bismo-edge");
  EXPECT_EQ(store.engine, "analytic");
  ASSERT_EQ(store.networks.size(), 1u);
  EXPECT_EQ(store.networks[0].bits, "4/4, 2 of 20 layers at 8/8");
  ASSERT_EQ(store.runs.size(), 1u);
  EXPECT_EQ(store.runs[0].strategy, "sobol");
  EXPECT_EQ(store.runs[0].seed, "7");
  EXPECT_EQ(store.runs[0].evaluations, 20);
  EXPECT_FALSE(store.is_unfinished);
  const std::string same = file("space.yaml");
  run({.space = same, .store = "a.db", .strategy = "sobol", .evaluations = 20, .seed = 7});
  EXPECT_EQ(told("a.db").runs.size(), 1u);
  run({.space = same, .store = "b.db", .shard = {2, 3}});
  pipelines::merge_stores(file("both.db"), {file("a.db"), file("b.db")});
  const ExploredStore both = told("both.db");
  ASSERT_EQ(both.runs.size(), 2u);
  EXPECT_EQ(both.runs[1].seed, std::nullopt);
  EXPECT_EQ(both.runs[1].shard, 2);
  EXPECT_EQ(both.runs[1].shards, 3);
}

TEST_F(StoreReport, TellsOfAStoreThatIsStillWritten) {
  run({.space = {}, .store = "all.db"});
  const auto about = about_of(pipelines::load_space(file("space.yaml"), testing::kExploreHost));
  pipelines::Store writer = pipelines::Store::open(file("part.db"), about);
  auto points = testing::points_of(file("all.db"));
  points.resize(20);
  reports::ExploredRun asked_for{.strategy = "random", .seed = "1", .evaluations = 20};
  writer.add_run(asked_for);
  writer.add(points);
  const ExploredStore store = told("part.db");
  EXPECT_TRUE(store.is_unfinished);
  EXPECT_EQ(store.found.points, 20);
  asked_for.has_ended = true;
  writer.add_run(asked_for);
  writer.finish();
  EXPECT_FALSE(told("part.db").is_unfinished);
  EXPECT_EQ(told("part.db").runs.size(), 1u);
  run({.space = file("space.yaml"), .store = "part.db"});
  EXPECT_FALSE(told("part.db").is_unfinished);
}

TEST_F(StoreReport, TellsThatARunEndedWhichEndedWhileItWasRead) {
  const pipelines::ExploreOptions options{
      .space = {}, .store = "a.db", .strategy = "random", .evaluations = 12};
  EXPECT_THROW(run(options, testing::ending_at(5)), std::runtime_error);
  EXPECT_TRUE(told("a.db").is_unfinished);
  std::optional<pipelines::Store> reader(pipelines::Store::read(file("a.db")));
  reader->hold_still();
  EXPECT_GT(reader->size(), 0);
  run(options);
  reader.reset();
  EXPECT_FALSE(told("a.db").is_unfinished);
  pipelines::merge_stores(file("b.db"), {file("a.db")});
  EXPECT_FALSE(told("b.db").is_unfinished);
}

TEST_F(StoreReport, RefusesWhatCannotBeTold) {
  const auto about = about_of(pipelines::load_space(space(), testing::kExploreHost));
  pipelines::Store::open(file("none.db"), about).finish();
  EXPECT_EQ(refusal("none.db"),
            "none.db: has no points yet: bitloom explore --space space.yaml -o none.db evaluates "
            "some");
  auto store = pipelines::Store::open(file("bad.db"), about);
  store.add({{1, "too large", {}}, {2, "too slow", {}}, {3, "too large", {}}});
  store.finish();
  EXPECT_EQ(
      refusal("bad.db"),
      "bad.db: none of 3 points is feasible: 2 are refused by too large; 1 is refused by too slow");
  run({.space = {}, .store = "all.db"});
  change("all.db", "UPDATE about SET value = '0.0.1' WHERE name = 'version'");
  EXPECT_EQ(refusal("all.db").find("all.db: was written by bitloom 0.0.1, this is "), 0u);
  change("all.db", "PRAGMA user_version = 99");
  EXPECT_EQ(refusal("all.db"),
            "all.db: was written by another version of bitloom, whose tables differ: name another "
            "file");
  change("all.db", "PRAGMA application_id = 3");
  EXPECT_EQ(refusal("all.db"),
            "all.db: is a database, but no store of bitloom explore: name another file");
}

TEST_F(StoreReport, RefusesAStoreWhoseHardwareHasChanged) {
  const std::string shipped =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml");
  const std::string mine = folder_.write("mine.yaml", shipped);
  run({.space = space(testing::small_space(mine)), .store = "all.db"});
  std::string other = shipped;
  const auto at = other.find("clock_mhz: ");
  ASSERT_NE(at, std::string::npos);
  folder_.write("mine.yaml", other.replace(at, 12, "clock_mhz: 9"));
  EXPECT_EQ(refusal("all.db"),
            "all.db: the hardware or the networks of its space have changed since it was written: "
            "explore the space again into another store");
  std::filesystem::remove(mine);
  EXPECT_EQ(refusal("all.db"),
            "all.db: its space cannot be read any longer: mine.yaml: no such file");
}

}  // namespace
}  // namespace bitloom
