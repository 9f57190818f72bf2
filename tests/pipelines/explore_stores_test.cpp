// Stores of design-space exploration: gone on with, shared, damaged.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>

#include "tests/pipelines/explore_fixture.h"

namespace bitloom {
namespace {

class ExploreStores : public testing::ExploreTest {};

TEST_F(ExploreStores, GoesOnWithoutRepeatingAPoint) {
  run({.space = {}, .store = "part.db", .strategy = "random", .evaluations = 10});
  EXPECT_EQ(testing::points_of(file("part.db")).size(), 10u);
  pipelines::Database(file("part.db"), pipelines::Database::Access::kWrite)
      .execute("UPDATE points SET latency_ms = latency_ms + 1000 WHERE refusal IS NULL");
  std::map<std::int64_t, pipelines::Evaluated> marked;
  for (const pipelines::Evaluated& each : testing::points_of(file("part.db")))
    marked[each.point] = each;
  run({.space = {}, .store = "all.db"});
  std::vector<pipelines::Evaluated> wanted = testing::points_of(file("all.db"));
  int changed = 0;
  for (pipelines::Evaluated& each : wanted)
    if (marked.count(each.point) > 0 && each.refusal.empty()) {
      each.metrics[0] += 1000;
      ++changed;
    }
  EXPECT_GT(changed, 0);
  EXPECT_EQ(run({.space = {}, .store = "part.db"}).points, 36);
  EXPECT_EQ(testing::text_of(testing::points_of(file("part.db"))), testing::text_of(wanted));
}

TEST_F(ExploreStores, GoesOnFromWhereItWasEnded) {
  for (const char* strategy : {"exhaustive", "random", "sobol", "nsga2", "bottleneck"}) {
    SCOPED_TRACE(strategy);
    const auto evaluations = std::string_view(strategy) == "exhaustive"
                                 ? std::optional<std::int64_t>()
                                 : std::optional<std::int64_t>(24);
    const pipelines::ExploreOptions options{
        .space = {}, .store = "part.db", .strategy = strategy, .evaluations = evaluations};
    EXPECT_THROW(run(options, testing::ending_at(9)), std::runtime_error);
    const std::size_t part = testing::points_of(file("part.db")).size();
    EXPECT_GE(part, 9u);
    EXPECT_LT(part, 24u);
    pipelines::ExploreOptions whole = options;
    whole.store = "whole.db";
    run(options);
    run(whole);
    EXPECT_EQ(testing::text_of(testing::points_of(file("part.db"))),
              testing::text_of(testing::points_of(file("whole.db"))));
    for (const std::string& name : folder_.names()) std::filesystem::remove(file(name));
  }
}

TEST_F(ExploreStores, StoresWhatSeveralProcessesAdd) {
  const pipelines::StoreAbout about =
      about_of(pipelines::load_space(space(), testing::kExploreHost));
  pipelines::Store one = pipelines::Store::open(file("both.db"), about);
  pipelines::Store two = pipelines::Store::open(file("both.db"), about);
  one.add({{1, "too large", {}}, {2, "too slow", {}}});
  two.add({{3, "too hot", {}}, {4, "too slow", {}}, {1, "too large", {}}});
  one.add({{5, "too hot", {}}});
  one.finish();  // while two has it open
  two.finish();
  const std::string wanted = "1 too large\n2 too slow\n3 too hot\n4 too slow\n5 too hot\n";
  EXPECT_EQ(testing::text_of(testing::points_of(file("both.db"))), wanted);
  EXPECT_EQ(one.find(3)->refusal, "too hot");
  EXPECT_EQ(two.find(5)->refusal, "too hot");
}

TEST_F(ExploreStores, EndsWhileAnotherReadsTheStore) {
  const pipelines::StoreAbout about =
      about_of(pipelines::load_space(space(), testing::kExploreHost));
  pipelines::Store store = pipelines::Store::open(file("all.db"), about);
  store.add({{1, "too large", {}}});
  pipelines::Database reader(file("all.db"), pipelines::Database::Access::kRead);
  pipelines::Statement rows(reader, "SELECT point FROM points");
  EXPECT_TRUE(rows.step());
  EXPECT_EQ(testing::complaint([&] { store.finish(); }), "no complaint");
  EXPECT_EQ(testing::text_of(testing::points_of(file("all.db"))), "1 too large\n");
}

TEST_F(ExploreStores, TellsOfDamagedStoresInOneLine) {
  for (const char* damage :
       {"DELETE FROM refusals", "UPDATE points SET point = -1 WHERE point = 0",
        "UPDATE points SET point = 36 WHERE point = 35", "UPDATE points SET latency_ms = NULL"}) {
    run({.space = {}, .store = "all.db"});
    pipelines::Database(file("all.db"), pipelines::Database::Access::kWrite).execute(damage);
    EXPECT_EQ(testing::complaint([&] { pipelines::show_store(file("all.db"), std::nullopt); }),
              file("all.db") + ": is no store of bitloom explore, or is damaged")
        << damage;
    std::filesystem::remove(file("all.db"));
  }
}

TEST_F(ExploreStores, RefusesTheStoreOfAnotherSpace) {
  run({.space = {}, .store = "all.db"});
  std::string other = testing::small_space();
  other.replace(other.find("4/4"), 3, "8/4");
  const std::string path = folder_.write("other.yaml", other);
  EXPECT_EQ(complaint_of({.space = path, .store = "all.db"}),
            "all.db: holds points of another space (space.yaml): name another file");
  EXPECT_EQ(testing::points_of(file("all.db")).size(), 36u);
}

TEST_F(ExploreStores, TakesOverTheStoreOfAnotherSpaceThatHasNoPoints) {
  const auto about = about_of(pipelines::load_space(space(), testing::kExploreHost));
  pipelines::Store late = pipelines::Store::open(file("all.db"), about);
  late.add_run({.strategy = "nsga2", .seed = "1", .evaluations = 20});
  std::string other = testing::small_space();
  other.replace(other.find("4/4"), 3, "8/4");
  const std::string path = folder_.write("other.yaml", other);
  EXPECT_EQ(run({.space = path, .store = "all.db"}).points, 36);
  pipelines::Store taken = pipelines::Store::read(file("all.db"));
  EXPECT_EQ(taken.runs().size(), 1u);
  EXPECT_EQ(testing::complaint([&] {
              late.add({{1, "too large", {}}});
            }),
            file("all.db") + ": holds points of another space (" + path + "): name another file");
}

TEST_F(ExploreStores, RefusesTheStoreOfAnotherFileOfTheSameName) {
  const std::string shipped =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/dram/ddr3-1050-x16.yaml");
  const std::string mine = folder_.write("mine.yaml", shipped);
  std::string text = testing::small_space("bismo-edge-real");
  text.replace(text.find("constraints:"), 12,
               "  dram: [ddr3-1050-x16, " + mine + "]\nconstraints:");
  run({.space = space(text), .store = "all.db"});
  std::string other = shipped;
  const auto at = other.find("clock_mhz: 525");
  ASSERT_NE(at, std::string::npos);
  folder_.write("mine.yaml", other.replace(at, 14, "clock_mhz: 530"));
  EXPECT_EQ(complaint_of({.space = space(text), .store = "all.db"}),
            "all.db: holds points of another space (space.yaml, whose hardware or networks have "
            "changed): name another file");
}

TEST_F(ExploreStores, TellsThatAnotherVersionWroteAStore) {
  run({.space = {}, .store = "all.db"});
  pipelines::Database(file("all.db"), pipelines::Database::Access::kWrite)
      .execute(
          "UPDATE about SET value = '0.0.1' WHERE name = 'version'; "
          "UPDATE about SET value = 'other' WHERE name = 'space_hash'");
  const std::string point =
      testing::complaint([&] { pipelines::point_yaml(file("all.db"), 7, testing::kExploreHost); });
  EXPECT_EQ(point.find(file("all.db") + ": was written by bitloom 0.0.1, this is "), 0u) << point;
}

TEST_F(ExploreStores, WaitsForNobodyForEver) {
  run({.space = {}, .store = "all.db"});
  pipelines::Database other(file("all.db"), pipelines::Database::Access::kWrite);
  other.execute("BEGIN EXCLUSIVE");
  EXPECT_EQ(testing::complaint([&] { run({.space = {}, .store = "all.db"}); }),
            file("all.db") +
                ": another process writes to it: wait until it has ended, or take another store");
}

TEST_F(ExploreStores, RefusesWhatIsNoStore) {
  const std::string text = folder_.write("text.db", std::string(2000, 'x'));
  EXPECT_EQ(testing::complaint([&] { pipelines::show_store(text, std::nullopt); }),
            text + ": is no store of bitloom explore, or is damaged");
  EXPECT_EQ(testing::complaint([&] { pipelines::show_store(file("none.db"), std::nullopt); }),
            file("none.db") + ": cannot be opened: no such file or folder, or no permission");
}

}  // namespace
}  // namespace bitloom
