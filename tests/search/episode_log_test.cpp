#include "search/policy/episode_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.h"
#include "search/policy/goal.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using search::Episode;
using search::EpisodeLog;

class EpisodeLogTest : public ::testing::Test {
 protected:
  static Episode episode(std::int64_t number) {
    return {.number = number,
            .reward = -0.1 / 3,
            .top1_pct = 91.7,
            .loss = 0.25 / 7,
            .costs = {1.5, 2.5, 3.5, 4.5, 1.0 / 3},
            .within_budget = number % 2 == 0,
            .noise = number == 1 ? std::nullopt : std::optional(0.5),
            .seconds = 0.25,
            .agent_seconds = 0.125,
            .policy = {{{8, 8}, {3, 5}}}};
  }
  std::string text() const {
    std::ifstream stream(path_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void append(const std::string& bytes) const { std::ofstream(path_, std::ios::app) << bytes; }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_.file("episodes.csv");
};

TEST_F(EpisodeLogTest, GivesBackWhatItWasGivenToTheLastBit) {
  EpisodeLog log(path_, 2);
  for (const int number : {1, 2}) log.append(episode(number));
  const EpisodeLog again(path_, 2);
  ASSERT_EQ(again.episodes().size(), 2u);
  const Episode &first = again.episodes()[0], &second = again.episodes()[1];
  EXPECT_EQ(first.reward, -0.1 / 3);
  EXPECT_EQ(first.loss, 0.25 / 7);
  EXPECT_EQ(first.costs, episode(1).costs);
  EXPECT_FALSE(first.within_budget);
  EXPECT_FALSE(first.noise);
  EXPECT_EQ(second.noise, 0.5);
  EXPECT_EQ(second.policy, episode(2).policy);
}

TEST_F(EpisodeLogTest, TellsBitsOfFiltersWhereTheyDiffer) {
  const std::vector<graph::FilterPolicy> policies{
      {{{8, 8}, {4, 6}, {3, 5}}, {{}, {4, 2, 0, 4}, {}}},
      {{{16, 8}, {4, 6}, {3, 5}}, {{8, 16}, {}, {2, 3}}},
      {{{8, 8}, {4, 6}, {3, 5}}}};
  EXPECT_EQ(search::exact_text(policies[0]), "8/8 4.2.0.4/6 3/5");
  EpisodeLog log(path_, 3);
  for (const graph::FilterPolicy& policy : policies) {
    Episode one = episode(std::ssize(log.episodes()) + 1);
    one.policy = policy;
    log.append(one);
  }
  const EpisodeLog again(path_, 3);
  for (std::size_t i = 0; i < policies.size(); ++i) {
    EXPECT_EQ(again.episodes()[i].policy, policies[i]);
    EXPECT_EQ(again.episodes()[i].agent_seconds, 0.125);
  }
}

TEST_F(EpisodeLogTest, DropsARowThatWasWrittenHalf) {
  EpisodeLog(path_, 2).append(episode(1));
  const std::string whole = text();
  append("2,-0.3,88");
  EXPECT_EQ(EpisodeLog(path_, 2).episodes().size(), 1u);
  EXPECT_EQ(text(), whole);
}

TEST_F(EpisodeLogTest, OfAKillWhileItsHeadWasWrittenBeginsAnew) {
  append("episode,rew");
  EpisodeLog log(path_, 2);
  EXPECT_TRUE(log.episodes().empty());
  log.append(episode(1));
  EXPECT_EQ(EpisodeLog(path_, 2).episodes().size(), 1u);
}

TEST_F(EpisodeLogTest, RefusesRowsThatAreNotItsOwn) {
  EpisodeLog(path_, 2).append(episode(1));
  EXPECT_THROW(EpisodeLog(path_, 3), UserError);
  const std::string row = text().substr(text().find('\n') + 1);
  append(row);
  try {
    const EpisodeLog log(path_, 2);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), path_ + ":3: episode: must be 2");
  }
}

TEST(Goal, IsHaqsRewardOrTheLeastCost) {
  search::Goal goal{.float_top1_pct = 90};
  EXPECT_DOUBLE_EQ(goal.reward(88, {5}), -0.2);
  EXPECT_TRUE(goal.allows(10));
  goal.least_cost = {.cost = 0, .at_8_bits = 10, .max_loss_pct = 1};
  EXPECT_DOUBLE_EQ(goal.reward(89.5, {5}), -0.5);
  EXPECT_TRUE(goal.allows(89));
  EXPECT_FALSE(goal.allows(88.9));
  EXPECT_GT(goal.reward(89, {100}), goal.reward(88.9, {1}));  // whatever it costs
  EXPECT_GT(goal.reward(88, {5}), goal.reward(87, {5}));
}

}  // namespace
}  // namespace bitloom
