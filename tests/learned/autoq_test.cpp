// AutoQ's agents on a problem whose accuracy is a formula.
#include <gtest/gtest.h>

#include <iostream>

#include "models/torch/memory.h"
#include "models/torch/processors.h"
#include "search/agent/ddpg.h"
#include "tests/support/synthetic_filters.h"

namespace bitloom {
namespace {

using graph::FilterPolicy;
using search::BitsBy;
using search::ddpg_agent;
using testing::SyntheticFilters;

TEST(DdpgAgent, ActsOnManyStatesAsOnEach) {
  const auto agent = ddpg_agent({.state_size = 2, .capacity = 10}, 3);
  const std::vector<std::vector<float>> states{{0, 1}, {0.5F, 0.25F}, {1, 0}};
  const std::vector<float> actions = agent->act_all(states);
  for (std::size_t i = 0; i < states.size(); ++i)
    EXPECT_NEAR(actions[i], agent->act(states[i]), 1e-6);
}

TEST(DdpgAgent, LearnsFromAnActionThatWasRelabelled) {
  nn::use_processors(1);
  const auto agent = ddpg_agent({.state_size = 1, .capacity = 4}, 3);
  const auto relabelled = ddpg_agent({.state_size = 1, .capacity = 4}, 3);
  // Six are remembered, of which four still are: 2, 3, 4 and 5.
  for (int i = 0; i < 6; ++i) {
    const float action = static_cast<float>(i) / 10;
    agent->remember({{0.5F}, i == 4 ? 0.9F : action, 1, {0.5F}, true});
    relabelled->remember({{0.5F}, action, 1, {0.5F}, true});
  }
  relabelled->relabel(4, 0.9F);
  relabelled->relabel(1, 0.7F);  // forgotten
  relabelled->relabel(6, 0.7F);  // not yet remembered
  for (int i = 0; i < 5; ++i) {
    agent->update();
    relabelled->update();
  }
  EXPECT_EQ(agent->act({0.5F}), relabelled->act({0.5F}));
}

class AutoqBits : public ::testing::TestWithParam<BitsBy> {
 protected:
  static constexpr int kEpisodes = 8;
  const SyntheticFilters& problem() const {
    static const SyntheticFilters by_filter(BitsBy::kFilter, "latency=0.5x"),
        by_layer(BitsBy::kLayer, "latency=0.5x"), by_network(BitsBy::kNetwork, "latency=0.5x");
    return GetParam() == BitsBy::kFilter  ? by_filter
           : GetParam() == BitsBy::kLayer ? by_layer
                                          : by_network;
  }
  std::unique_ptr<search::FilterSearcher> searcher(std::uint64_t seed) const {
    nn::use_processors(1);
    return problem().searcher(kEpisodes, seed, ddpg_agent);
  }
};

TEST_P(AutoqBits, AreTheSameOfTheSameSeedAndRewardsToTheLastBit) {
  const auto first = searcher(5), again = searcher(5), other = searcher(6);
  bool differs = false;
  for (int i = 0; i < kEpisodes; ++i) {
    const FilterPolicy policy = first->ask();
    ASSERT_EQ(policy, again->ask());
    differs = policy != other->ask() || differs;
    for (search::Learner* each : {first.get(), again.get(), other.get()})
      each->tell(problem().top1(policy));
  }
  EXPECT_TRUE(differs);
}

TEST_P(AutoqBits, KeepTheLimitsAndAreOfWhatTheyShallBe) {
  const auto autoq = searcher(1);
  const search::Limit limit = problem().limits().front();
  bool has_filters = false;
  for (int i = 0; i < kEpisodes; ++i) {
    EXPECT_EQ(autoq->noise().has_value(), i >= kEpisodes / 4);
    const FilterPolicy policy = autoq->ask();
    EXPECT_LE(problem().space().costs(policy)[limit.cost], limit.value * (1 + 1e-12));
    has_filters = has_filters || policy.by_filter();
    if (GetParam() == BitsBy::kNetwork) {
      for (const graph::Precision& bits : policy.layers) EXPECT_EQ(bits, policy.layers.front());
    }
    autoq->tell(problem().top1(policy));
  }
  EXPECT_EQ(has_filters, GetParam() == BitsBy::kFilter);
}

INSTANTIATE_TEST_SUITE_P(All, AutoqBits,
                         ::testing::Values(BitsBy::kFilter, BitsBy::kLayer, BitsBy::kNetwork),
                         [](const auto& each) { return search::to_text(each.param); });

/// Means over seeds of the best top-1 in 60 episodes, of the agents and of policies at random.
TEST(SlowAutoqSearch, FindsMoreThanRandomPoliciesInAsManyEpisodes) {
  nn::use_processors(1);
  nn::keep_freed_memory();
  constexpr int kEpisodes = 60, kSeeds = 4;
  for (const char* budget : {"size=0.5x", "latency=0.5x"})
    for (const BitsBy by : {BitsBy::kFilter, BitsBy::kLayer}) {
      const SyntheticFilters problem(by, budget);
      double learned = 0, drawn = 0;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const double of_agents =
            problem.run(*problem.searcher(kEpisodes, seed, ddpg_agent), kEpisodes);
        learned += of_agents / kSeeds;
        drawn += problem.run(*problem.searcher(kEpisodes, seed, ddpg_agent, kEpisodes), kEpisodes) /
                 kSeeds;
        std::cout << budget << " by " << to_text(by) << ", seed " << seed << ": " << of_agents
                  << std::endl;
      }
      std::cout << "mean " << learned << ", at random " << drawn << std::endl;
      EXPECT_GT(learned, drawn + 2) << budget << " by " << to_text(by);
    }
}

}  // namespace
}  // namespace bitloom
