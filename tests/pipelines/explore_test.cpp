// Design-space exploration: points, fronts, stores.
#include "pipelines/explore/explore.h"

#include <gtest/gtest.h>

#include <map>

#include "pipelines/explore/evaluator.h"
#include "pipelines/explore/store.h"
#include "search/explore/front.h"
#include "sim/catalogue.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/space_files.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using pipelines::Evaluated;
using pipelines::ExploreOptions;

const pipelines::Host kHost{.hardware_folder = BITLOOM_SOURCE_DIR "/configs/hardware"};

std::vector<Evaluated> points_of(const std::string& path) {
  std::vector<Evaluated> points;
  pipelines::Store::read(path).for_each([&](const Evaluated& each) { points.push_back(each); });
  return points;
}

std::string text_of(const std::vector<Evaluated>& points) {
  std::string text;
  for (const Evaluated& each : points) {
    text += std::to_string(each.point) + " " + each.refusal;
    for (const double metric : each.metrics) {
      text.append(reinterpret_cast<const char*>(&metric), sizeof metric);
    }
    text += "\n";
  }
  return text;
}

class Explore : public ::testing::Test {
 protected:
  std::string space(const std::string& text = testing::small_space()) {
    return folder_.write("space.yaml", text);
  }
  reports::Exploration run(ExploreOptions options) {
    if (options.space.empty()) options.space = space();
    options.store = folder_.file(options.store);
    return pipelines::explore(options, kHost);
  }
  std::string wrong(const std::string& text) {
    const std::string path = space(text);
    const auto load = [&] { pipelines::load_space(path, kHost); };
    return testing::without(testing::complaint(load), folder_.path().string() + "/");
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  testing::TemporaryFolder folder_;
};

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
            "bismo-edge", kHost.hardware_folder,
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
  const std::string wanted = text_of(points_of(file("all.db")));
  run({.space = {}, .store = "jobs.db", .jobs = 3});
  EXPECT_EQ(text_of(points_of(file("jobs.db"))), wanted);
  run({.space = {}, .store = "a.db", .shard = {1, 3}});
  run({.space = {}, .store = "b.db", .jobs = 2, .shard = {2, 3}});
  run({.space = {}, .store = "c.db", .shard = {3, 3}});
  EXPECT_EQ(points_of(file("b.db")).size(), 12u);
  for (int again = 0; again < 2; ++again) {
    const auto merged =
        pipelines::merge_stores(file("merged.db"), {file("c.db"), file("a.db"), file("b.db")});
    EXPECT_EQ(merged.front.size(), whole.front.size());
    EXPECT_EQ(text_of(points_of(file("merged.db"))), wanted);
  }
}

TEST_F(Explore, GoesOnWithoutRepeatingAPoint) {
  run({.space = {}, .store = "part.db", .strategy = "random", .evaluations = 10});
  EXPECT_EQ(points_of(file("part.db")).size(), 10u);
  const auto whole = run({.space = {}, .store = "part.db"});
  EXPECT_EQ(whole.points, 36);
  run({.space = {}, .store = "all.db"});
  EXPECT_EQ(text_of(points_of(file("part.db"))), text_of(points_of(file("all.db"))));
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
    EXPECT_EQ(points_of(file(name + "1.db")).size(), 15u);
    EXPECT_EQ(text_of(points_of(file(name + "1.db"))), text_of(points_of(file(name + "2.db"))));
  }
}

TEST_F(Explore, RefusesTheStoreOfAnotherSpace) {
  run({.space = {}, .store = "all.db"});
  std::string other = testing::small_space();
  other.replace(other.find("4/4"), 3, "8/4");
  const std::string path = folder_.write("other.yaml", other);
  EXPECT_EQ(testing::without(testing::complaint([&] { run({.space = path, .store = "all.db"}); }),
                             folder_.path().string() + "/"),
            "all.db: holds points of another space (space.yaml): name another file");
  EXPECT_EQ(points_of(file("all.db")).size(), 36u);
}

TEST_F(Explore, ShowsTheFrontOfWhatIsWanted) {
  run({.space = {}, .store = "all.db"});
  const auto all = pipelines::show_store(file("all.db"), std::nullopt);
  const auto few = pipelines::show_store(file("all.db"), "lut < 20000 and array.dk >= 64");
  EXPECT_LT(few.matching, all.matching);
  ASSERT_FALSE(few.front.empty());
  for (const reports::ExploredPoint& point : few.front) EXPECT_LT(point.metrics[5], 20000);
  EXPECT_EQ(testing::complaint([&] { pipelines::show_store(file("all.db"), "luts < 3"); }),
            "--where 'luts < 3' at character 1: unknown name 'luts': did you mean lut?");
}

TEST_F(Explore, WritesAPointAsHardware) {
  const reports::Exploration result = run({.space = {}, .store = "all.db"});
  const reports::ExploredPoint& point = result.front.front();
  const std::string yaml =
      folder_.write("point.yaml", pipelines::point_yaml(file("all.db"), point.number, kHost));
  const auto machine = hardware::load_hardware(yaml, kHost.hardware_folder);
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  Cycles cycles;
  for (const auto& result : sim::run(layers, graph::uniform_policy(layers.size(), {4, 4}), machine,
                                     1, sim::EngineOptions{}))
    cycles += result.cost.timing.total;
  EXPECT_EQ(runtime(cycles, machine.clock()).count(), point.metrics[0]);
}

TEST_F(Explore, TellsThePlaceOfWhatIsWrongInASpace) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = testing::small_space();
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(
      wrong(changed("array.dm: [4", "arry.dm: [4")),
      "space.yaml:3:12: knobs.arry.dm: unknown key: did you mean array.dm, array.dk, array.dn?");
  EXPECT_EQ(wrong(changed("array.dm: [4", "dm: [4")),
            "space.yaml:3:7: knobs.dm: unknown key: did you mean array.dm?");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[4, 0]")),
            "space.yaml:3:17: knobs.array.dm[1]: must be in [1, 1024], got 0");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[4, 4]")),
            "space.yaml:3:17: knobs.array.dm[1]: '4' is in the list twice");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "4")),
            "space.yaml:3:13: knobs.array.dm: must be a list, such as [8, 16], or a range: {from: "
            "8, to: 64, step: 8} or {from: 8, to: 64, times: 2}");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[]")), "space.yaml:3:13: knobs.array.dm: has no values");
  EXPECT_EQ(wrong(changed("to: 256", "to: 16")),
            "space.yaml:4:20: knobs.array.dk.from: must be at most to, which is 16, got 32");
  EXPECT_EQ(wrong(changed("lut <= 60000", "luts <= 60000")),
            "space.yaml:8:5: constraints[1]: 'luts <= 60000' at character 1: unknown name 'luts': "
            "did you mean lut?");
  EXPECT_EQ(wrong(changed("resnet20", "resnet21")).find("space.yaml:9:12: networks[0]: unknown"),
            0u);
  EXPECT_EQ(wrong(changed("4/4", "4")).find("space.yaml:10:7: bits: bits '4': must be"), 0u);
  EXPECT_EQ(wrong(changed("energy, lut", "energy, lots"))
                .find("space.yaml:11:31: objectives[2]: unknown objective 'lots'"),
            0u);
  EXPECT_EQ(wrong(changed("hardware: bismo-edge", "hardware: bismo-egde"))
                .find("space.yaml:1:11: hardware: unknown hardware 'bismo-egde'"),
            0u);
}

/// Sensitivities that fall with the bits, other ones for each layer.
std::string drawn_sensitivity() {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  std::string text = R"({"schema": 1, "network": "resnet20", "method": "trace",
 "quantizer": "min-max", "seed": 0, "layers": [)";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto tensor = [&](double scale) {
      std::string omegas;
      for (int bits = 2; bits <= 8; ++bits)
        omegas += (bits > 2 ? ", \"" : "\"") + std::to_string(bits) +
                  "\": " + std::to_string(scale / static_cast<double>(1 << (2 * bits)));
      return "{\"omega\": {" + omegas + "}}";
    };
    text += (i > 0 ? ",\n" : "") + std::string("{\"name\": \"") + layers[i].name +
            "\", \"weights\": " + tensor(10 + static_cast<double>(i * 7 % 5) * 40) +
            ", \"activations\": " + tensor(5 + static_cast<double>(i * 3 % 7) * 20) + "}";
  }
  return text + "]}";
}

TEST_F(Explore, ChoosesBitsOnEachMachine) {
  const std::string sensitivity = folder_.write("s.json", drawn_sensitivity());
  std::string text = testing::small_space();
  text.replace(
      text.find("bits: 4/4"), 9,
      "bits: {sensitivity: " + sensitivity + ", weight_bits: \"2,4,6,8\", most_omega: 4/4}");
  text.replace(text.find("energy, lut"), 11, "energy, omega");
  run({.space = space(text), .store = "chosen.db"});
  run({.space = space(), .store = "given.db"});
  const auto given = points_of(file("given.db")), chosen = points_of(file("chosen.db"));
  ASSERT_EQ(given.size(), chosen.size());
  int better = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].refusal.empty()) continue;
    EXPECT_EQ(chosen[i].refusal, "");
    EXPECT_LE(chosen[i].metrics[0], given[i].metrics[0]);
    better += chosen[i].metrics[0] < given[i].metrics[0];
  }
  EXPECT_GT(better, 0);
  EXPECT_EQ(testing::complaint(
                [&] { run({.space = space(text), .store = "b.db", .strategy = "bottleneck"}); }),
            "--strategy bottleneck: goes with bits that are given; take nsga2 where they are "
            "chosen on each machine");
}

TEST_F(Explore, TellsWhereNothingFits) {
  std::string text = testing::small_space();
  text.replace(text.find("lut <= 60000"), 12, "lut <= 6");
  const auto explore = [&] { run({.space = space(text), .store = "none.db"}); };
  EXPECT_EQ(testing::without(testing::complaint(explore), folder_.path().string() + "/"),
            "space.yaml: none of 36 points is feasible: 33 are refused by lut <= 6");
}

TEST_F(Explore, WaitsForNobodyForEver) {
  run({.space = {}, .store = "all.db"});
  pipelines::Database other(file("all.db"), pipelines::Database::Access::kWrite);
  other.execute("BEGIN EXCLUSIVE");
  EXPECT_EQ(testing::complaint([&] { run({.space = {}, .store = "all.db"}); }),
            file("all.db") +
                ": another process writes to it: wait until it has ended, or take another store");
}

TEST_F(Explore, RefusesWhatIsNoStore) {
  const std::string text = folder_.write("text.db", std::string(2000, 'x'));
  EXPECT_EQ(testing::complaint([&] { pipelines::show_store(text, std::nullopt); }),
            text + ": is no store of bitloom explore, or is damaged");
  EXPECT_EQ(testing::complaint([&] { pipelines::show_store(file("none.db"), std::nullopt); }),
            file("none.db") + ": cannot be opened: no such file or folder, or no permission");
}

}  // namespace
}  // namespace bitloom
