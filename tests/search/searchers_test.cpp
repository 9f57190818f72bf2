#include "search/searchers.h"

#include <gtest/gtest.h>

#include <set>

#include "search/agent/agent.h"
#include "tests/support/synthetic_search.h"

namespace bitloom {
namespace {

using search::Levels;
using search::SearcherKind;

const std::vector<int> kAllBits{2, 3, 4, 5, 6, 7, 8};

const testing::SyntheticSearch& problem() {
  static const testing::SyntheticSearch synthetic(kAllBits, "latency=0.6x");
  return synthetic;
}

/// Learns nothing: it wants the middle of all actions.
class StillAgent : public search::Agent {
 public:
  float act(const std::vector<float>&) const override { return 0.5F; }
  std::vector<float> act_all(const std::vector<std::vector<float>>& states) const override {
    return std::vector<float>(states.size(), 0.5F);
  }
  void remember(const search::Transition&) override {}
  void relabel(std::int64_t, float) override {}
  void update() override {}
  void save(const std::string&, const std::string&) const override {}
  std::string load(const std::string&) override { return ""; }
};

search::SearchTask task(std::uint64_t seed, std::int64_t episodes = 300) {
  return {.space = problem().space(),
          .episodes = episodes,
          .seed = seed,
          .make_agent = [](const search::AgentTask&) -> std::unique_ptr<search::Agent> {
            return std::make_unique<StillAgent>();
          }};
}

class Searchers : public ::testing::TestWithParam<SearcherKind> {};

TEST_P(Searchers, TheSameSeedIsTheSameSearch) {
  const auto first = GetParam().make(task(5)), second = GetParam().make(task(5));
  for (int i = 0; i < 100; ++i) {
    const Levels levels = first->ask();
    ASSERT_EQ(levels, second->ask());
    first->tell(problem().top1(levels));
    second->tell(problem().top1(levels));
  }
}

TEST_P(Searchers, BeginAtTheStartTheyAreGiven) {
  search::SearchTask begun = task(1);
  Levels start = problem().space().highest();
  problem().space().lower_to_limits(start, problem().space().last_to_first());
  begun.start = start;
  const auto searcher = GetParam().make(begun);
  EXPECT_EQ(searcher->ask(), start);
  EXPECT_GE(problem().run(*GetParam().make(begun), 50), problem().top1(start));
}

/// Those of bits of layers.
std::vector<SearcherKind> layer_wise() {
  std::vector<SearcherKind> kinds = search::searcher_kinds();
  std::erase_if(kinds, [](const SearcherKind& kind) { return kind.make == nullptr; });
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(All, Searchers, ::testing::ValuesIn(layer_wise()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Search, KeepsTheLimitsButForGreedyWhichComesDownToThem) {
  for (const SearcherKind& kind : layer_wise()) {
    if (kind.name == "greedy") continue;
    const auto searcher = kind.make(task(2));
    for (int i = 0; i < 100; ++i) {
      const Levels levels = searcher->ask();
      EXPECT_TRUE(problem().space().keeps_limits(levels)) << kind.name;
      searcher->tell(problem().top1(levels));
    }
  }
}

/// Of ten seeds, those that come within 2 % of the best top-1 in 300 episodes.
int near_the_best(std::string_view name) {
  int near = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    near += problem().run(*search::searcher_kind(name)->make(task(seed)), 300) >=
            0.98 * problem().best_top1();
  return near;
}

TEST(Search, EvolutionAndAnnealingFindTheKnownBestWhereRandomPoliciesDoNot) {
  EXPECT_LE(near_the_best("random"), 2);
  for (const char* name : {"evolve", "anneal"}) EXPECT_GE(near_the_best(name), 8) << name;
}

TEST(Search, GreedyComesDownToTheLimitsAndLosesLittle) {
  const auto greedy = search::greedy_searcher(task(0));
  EXPECT_EQ(greedy->ask(), problem().space().highest());
  EXPECT_GE(problem().run(*search::greedy_searcher(task(0)), 1500), 0.98 * problem().best_top1());
}

TEST(Search, AnnealingCoolsDown) {
  const auto searcher = search::annealing_searcher(task(0, 100));
  std::vector<double> temperatures;
  for (int i = 0; i < 100; ++i) {
    const Levels levels = searcher->ask();
    searcher->tell(problem().top1(levels));
    if (searcher->noise()) temperatures.push_back(*searcher->noise());
  }
  ASSERT_GT(temperatures.size(), 80u);
  EXPECT_TRUE(std::is_sorted(temperatures.rbegin(), temperatures.rend()));
  EXPECT_LT(temperatures.back(), temperatures.front() / 10);
}

}  // namespace
}  // namespace bitloom
