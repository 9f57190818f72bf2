// Strategies, fronts and conditions of design-space exploration.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "base/random.h"
#include "search/explore/dominated_share.h"
#include "search/explore/explorers.h"
#include "search/explore/expression.h"
#include "search/explore/front.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using search::Condition;
using search::Grid;

bool holds(const std::string& text, const std::vector<double>& values = {3, 5}) {
  return Condition::parse(text, {"array.dm", "lut"}).holds(values);
}

std::string wrong(const std::string& text) {
  return testing::complaint([&] { Condition::parse(text, {"array.dm", "lut"}); });
}

TEST(Condition, BindsAsArithmeticDoes) {
  EXPECT_TRUE(holds("1 + 2 * 3 == 7"));
  EXPECT_TRUE(holds("2 ^ 3 ^ 2 == 512"));
  EXPECT_TRUE(holds("-2 ^ 2 == -4"));
  EXPECT_TRUE(holds("2 ^ -1 == 0.5"));
  EXPECT_TRUE(holds("8 / 4 / 2 == 1"));
  EXPECT_TRUE(holds("10 - 3 - 2 == 5"));
  EXPECT_TRUE(holds("(1 + 2) * 3 == 9"));
  EXPECT_TRUE(holds("array.dm * lut <= 15 and lut > 4"));
  EXPECT_TRUE(holds("lut > 9 or not lut > 9 and array.dm == 3"));
  EXPECT_FALSE(holds("(lut > 9 or true == 1) and array.dm != 3"));
  EXPECT_TRUE(holds("min(array.dm, lut) == 3 and max(array.dm, lut) == 5"));
  EXPECT_TRUE(holds("log2(2 ^ 20) == 20 and ceil(1.5) == 2 and floor(1.5e0) == 1"));
}

TEST(Condition, OfWhatIsNoNumberDoesNotHold) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  for (const char* text : {"lut < 1", "lut >= 1", "lut == lut", "lut != lut"})
    EXPECT_FALSE(holds(text, {3, none})) << text;
}

TEST(Condition, IsExactUpTo53Bits) {
  EXPECT_TRUE(holds("2^53 - 1 == 9007199254740991"));
  EXPECT_FALSE(holds("lut <= 2^53 - 1", {0, 9007199254740992.0}));
}

TEST(Condition, TellsWhatIsWrongAndWhere) {
  EXPECT_EQ(wrong("arry.dm < 4"),
            "'arry.dm < 4' at character 1: unknown name 'arry.dm': did you mean array.dm? (known: "
            "array.dm, lut)");
  EXPECT_EQ(wrong("array.dm * lut"),
            "'array.dm * lut' at character 1: is a number, and no condition such as lut <= 53200");
  EXPECT_EQ(wrong("lut <"),
            "'lut <' at character 6: ends where a number, a name or ( should follow");
  EXPECT_EQ(wrong("lut < 4 5"), "'lut < 4 5' at character 9: '5' is out of place");
  EXPECT_EQ(wrong("lut < 1.2.3"), "'lut < 1.2.3' at character 7: '1.2.3' is no number");
  EXPECT_EQ(wrong("1 < lut < 4"),
            "'1 < lut < 4' at character 1: compares three numbers: write a <= b and b <= c");
  EXPECT_EQ(wrong("(lut < 4"),
            "'(lut < 4' at character 9: ends where a number, a name or ( "
            "should follow");
  EXPECT_EQ(wrong("lut and 1 < 2"),
            "'lut and 1 < 2' at character 1: 'and' joins conditions such "
            "as lut <= 53200, not numbers");
  EXPECT_EQ(wrong("(lut < 1) + 2 < 3"),
            "'(lut < 1) + 2 < 3' at character 1: calculates with a condition, which is no number");
  EXPECT_EQ(wrong("sqrt(lut) < 2"),
            "'sqrt(lut) < 2' at character 1: unknown function 'sqrt' "
            "(known: min, max, log2, ceil, floor)");
  const std::string deep(100'000, '(');
  EXPECT_NE(wrong(deep).find("is nested deeper than 64 levels"), std::string::npos);
}

TEST(Grid, NumbersEveryCombinationOnce) {
  const Grid grid({2, 3, 1, 4});
  ASSERT_EQ(grid.size(), 24);
  for (std::int64_t point = 0; point < 24; ++point)
    EXPECT_EQ(grid.point(grid.choices(point)), point);
  EXPECT_EQ(grid.choices(1), (search::Choices{0, 0, 0, 1}));
  EXPECT_FALSE(Grid(std::vector<std::size_t>(7, 1000)).size());
}

TEST(Grid, TellsThePointsBesideAnother) {
  const Grid grid({3, 1, 2});
  std::vector<std::int64_t> beside;
  for (const search::Neighbour& each : search::neighbours_of(grid, grid.point({1, 0, 1})))
    beside.push_back(each.point);
  EXPECT_EQ(beside, (std::vector<std::int64_t>{grid.point({2, 0, 1}), grid.point({0, 0, 1}),
                                               grid.point({1, 0, 0})}));
}

TEST(Front, CountsPointsThatAreEqualToOneOfIt) {
  search::Front front;
  for (const auto& [point, values] : std::vector<std::pair<std::int64_t, std::vector<double>>>{
           {5, {2, 2}}, {3, {2, 2}}, {4, {2, 2}}, {8, {9, 9}}, {3, {2, 2}}, {7, {1, 3}}})
    front.add({point, values});
  const std::vector<search::Valued> points = front.points();
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].point, 3);
  EXPECT_EQ(points[0].equal, 2);
  EXPECT_EQ(points[1].equal, 0);
}

TEST(Front, KeepsWhatNothingBeatsInAnyOrder) {
  const std::vector<std::vector<double>> values{{1, 5}, {2, 4}, {2, 4}, {3, 4}, {4, 1}, {5, 2}};
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  do {
    search::Front front;
    for (const std::size_t i : order) front.add({static_cast<std::int64_t>(i), values[i]});
    std::vector<std::int64_t> numbers;
    for (const search::Valued& point : front.points()) numbers.push_back(point.point);
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{0, 1, 4}));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Front, HasItsKneeNearestToTheBestOfEachObjective) {
  EXPECT_EQ(search::knee_of({{0, 100}, {2, 20}, {5, 18}, {10, 0}}), 1u);
  EXPECT_EQ(search::knee_of({{1, 7, 5}}), 0u);
  EXPECT_EQ(search::knee_of({{0, 1}, {1, 0}}), 0u);
}

TEST(Hypervolume, IsThatOfBoxesCounted) {
  EXPECT_DOUBLE_EQ(search::hypervolume({{1, 3}, {2, 1}}, {4, 4}), 3 + 6 - 2);
  const std::vector<std::vector<double>> points{{1, 2, 3}, {3, 1, 2}, {2, 3, 1}, {2, 2, 2}};
  int boxes = 0;
  for (int x = 0; x < 4; ++x)
    for (int y = 0; y < 4; ++y)
      for (int z = 0; z < 4; ++z)
        boxes += std::any_of(points.begin(), points.end(),
                             [&](const auto& p) { return p[0] <= x && p[1] <= y && p[2] <= z; });
  EXPECT_DOUBLE_EQ(search::hypervolume(points, {4, 4, 4}), boxes);
}

TEST(DominatedShare, IsTheHypervolumeOfTheScaledBox) {
  EXPECT_EQ(search::dominated_share({}, {0, 0}, {1, 1}), 0);
  EXPECT_DOUBLE_EQ(search::dominated_share({{10, 7}, {20, 3}}, {10, 3}, {30, 7}), 0.5);
  EXPECT_DOUBLE_EQ(search::dominated_share({{10, 3}}, {10, 3}, {30, 7}), 1);
  EXPECT_DOUBLE_EQ(search::dominated_share({{10, 5, 2}, {20, 3, 2}}, {10, 3, 2}, {30, 7, 2}), 0.75);
  EXPECT_EQ(search::dominated_share({{4, 5}}, {4, 5}, {4, 5}), 1);
}

TEST(DominatedShare, IsQuicklyThereForLargeFronts) {
  for (const std::size_t objectives : {2, 3, 4}) {
    std::mt19937_64 random(1);
    std::vector<std::vector<double>> points;  // on a sphere: none beats another
    for (int i = 0; i < 3000; ++i) {
      points.emplace_back();
      double length = 0;
      for (std::size_t o = 0; o < objectives; ++o) {
        points.back().push_back(draw_unit(random));
        length += points.back().back() * points.back().back();
      }
      for (double& value : points.back()) value = 1 - value / std::sqrt(length);
    }
    const std::vector<double> least(objectives, 0), most(objectives, 1);
    const search::QuickShare share = search::quick_dominated_share(points, least, most);
    EXPECT_EQ(share.is_exact, objectives == 2);
    const double ball = objectives == 2 ? M_PI / 4 : objectives == 3 ? M_PI / 6 : M_PI * M_PI / 32;
    EXPECT_NEAR(share.value, ball, objectives == 2 ? 0.001 : 0.05) << objectives;
    points.resize(40);
    const search::QuickShare few = search::quick_dominated_share(points, least, most);
    EXPECT_TRUE(few.is_exact);
    EXPECT_DOUBLE_EQ(few.value, search::hypervolume(points, most));
  }
}

/// Two objectives that pull apart, and a corner that is refused.
search::Outcome outcome_of(const Grid& grid, std::int64_t point) {
  const search::Choices c = grid.choices(point);
  if (c[0] + c[1] > 24) return {point, {}};
  double time = 400, area = 1;
  for (const std::size_t choice : c) {
    time /= 1 + static_cast<double>(choice);
    area += static_cast<double>(choice * choice);
  }
  return {point, std::vector<double>{time, area}};
}

/// The share of time that each step of a knob saves.
std::vector<search::Move> moves_of(const Grid& grid, std::int64_t point) {
  std::vector<search::Move> moves;
  const double time = outcome_of(grid, point).values->front();
  for (std::size_t knob = 0; knob < grid.values().size(); ++knob)
    for (const int step : {1, -1}) {
      search::Choices to = grid.choices(point);
      to[knob] += static_cast<std::size_t>(step);
      if (to[knob] >= grid.values()[knob]) continue;
      const search::Outcome there = outcome_of(grid, grid.point(to));
      if (there.values) moves.push_back({there.point, (time - there.values->front()) / time});
    }
  return moves;
}

struct Found {
  std::vector<std::int64_t> asked;
  search::Front front;
};

Found explored(const std::string& strategy, const Grid& grid, std::int64_t evaluations,
               std::uint64_t seed) {
  Found found;
  const auto explorer = search::find_explorer(strategy).make(
      {.grid = grid,
       .evaluations = evaluations,
       .seed = seed,
       .objectives = 2,
       .moves = [&](std::int64_t point) { return moves_of(grid, point); }});
  for (auto asked = explorer->ask(); !asked.empty(); asked = explorer->ask()) {
    std::vector<search::Outcome> outcomes;
    for (const std::int64_t point : asked) {
      found.asked.push_back(point);
      outcomes.push_back(outcome_of(grid, point));
      if (outcomes.back().values) found.front.add({point, *outcomes.back().values});
    }
    explorer->tell(outcomes);
  }
  return found;
}

TEST(Explorers, AskForPointsOfTheGridOnceAndRepeatThemselves) {
  const Grid grid({16, 16, 5, 3});
  for (const search::ExplorerKind& kind : search::explorers()) {
    const Found found = explored(std::string(kind.name), grid, 500, 7);
    const std::set<std::int64_t> distinct(found.asked.begin(), found.asked.end());
    EXPECT_EQ(distinct.size(), found.asked.size()) << kind.name;
    EXPECT_EQ(found.asked.size(), kind.asks_all ? 3840u : 500u) << kind.name;
    EXPECT_GE(*distinct.begin(), 0) << kind.name;
    EXPECT_LT(*distinct.rbegin(), *grid.size()) << kind.name;
    EXPECT_EQ(explored(std::string(kind.name), grid, 500, 7).asked, found.asked) << kind.name;
    if (!kind.asks_all) {
      EXPECT_NE(explored(std::string(kind.name), grid, 500, 8).asked, found.asked) << kind.name;
    }
  }
}

TEST(Explorers, EndWhereAllOfASmallGridIsAsked) {
  const Grid grid({3, 2, 2});
  for (const search::ExplorerKind& kind : search::explorers())
    EXPECT_EQ(explored(std::string(kind.name), grid, 1000, 1).asked.size(), 12u) << kind.name;
}

double volume_of(const search::Front& front) {
  std::vector<std::vector<double>> points;
  for (const search::Valued& point : front.points()) points.push_back(point.values);
  return search::hypervolume(points, {401, 500});
}

TEST(Explorers, ThatListenComeNearTheTrueFront) {
  const Grid grid({16, 16, 5, 3});
  const double all = volume_of(explored("exhaustive", grid, 0, 1).front);
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    for (const char* strategy : {"nsga2", "bottleneck"})
      EXPECT_GT(volume_of(explored(strategy, grid, 400, seed).front), 0.98 * all)
          << strategy << " " << seed;
}

TEST(Explorers, RefuseWhatTakesTooLongAndTellTheSize) {
  const Grid large(std::vector<std::size_t>(5, 1000));
  EXPECT_EQ(testing::complaint(
                [&] { search::require_feasible_size(search::find_explorer("exhaustive"), large); }),
            "--strategy exhaustive: the space has 1e+15 points, at most 1e+09 are enumerated: take "
            "nsga2, random or sobol, or fewer values");
  EXPECT_EQ(search::usual_explorer(large).name, "nsga2");
  EXPECT_EQ(search::usual_explorer(Grid({1000, 1000})).name, "exhaustive");
}

}  // namespace
}  // namespace bitloom
