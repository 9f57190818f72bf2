#include <gtest/gtest.h>

#include <cmath>

#include "models/torch/memory.h"
#include "models/torch/processors.h"
#include "search/agent/ddpg.h"
#include "search/agent/haq_environment.h"
#include "search/agent/haq_searcher.h"
#include "search/agent/reward_scale.h"
#include "tests/support/synthetic_search.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using search::ddpg_agent;
using search::Levels;

constexpr std::int64_t kWarmup = 4;

const testing::SyntheticSearch& problem() {
  static const testing::SyntheticSearch synthetic({2, 3, 4, 5, 6, 7, 8}, "latency=0.6x");
  return synthetic;
}

std::unique_ptr<search::Searcher> searcher(std::int64_t episodes, std::uint64_t seed) {
  return search::haq_searcher({.space = problem().space(),
                               .episodes = episodes,
                               .seed = seed,
                               .make_agent = ddpg_agent,
                               .warmup = kWarmup});
}

void tell(search::Searcher& searcher, const Levels& levels) {
  searcher.tell(problem().top1(levels) / 10 - 7);
}

/// A task of one step: the action that a state's first number is.
search::Transition copy_task(std::mt19937_64& random) {
  std::uniform_real_distribution<float> even;
  const float wanted = even(random), action = even(random);
  return {{wanted, 1}, action, -(action - wanted) * (action - wanted), {wanted, 1}, true};
}

TEST(DdpgAgent, LearnsWhichActionAStateWants) {
  nn::use_processors(1);
  std::mt19937_64 random(1);
  const auto agent = ddpg_agent({.state_size = 2, .capacity = 2000}, 3);
  for (int i = 0; i < 2000; ++i) agent->remember(copy_task(random));
  for (int i = 0; i < 1500; ++i) agent->update();
  for (const float wanted : {0.1F, 0.3F, 0.5F, 0.7F, 0.9F})
    EXPECT_NEAR(agent->act({wanted, 1}), wanted, 0.1);
}

TEST(DdpgAgent, ComesBackFromTheEndOfTheRange) {
  nn::use_processors(1);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> even;
  const auto agent = ddpg_agent({.state_size = 1, .hidden = 100, .capacity = 500}, 3);
  const auto learn = [&](auto reward, int updates) {
    for (int i = 0; i < 500; ++i) {
      const float action = even(random);
      agent->remember({{1}, action, reward(action), {1}, true});
    }
    for (int i = 0; i < updates; ++i) agent->update();
    return agent->act({1});
  };
  EXPECT_GT(learn([](float a) { return a; }, 1000), 0.95);
  EXPECT_LT(learn([](float a) { return -a; }, 400), 0.1);
}

TEST(DdpgAgent, GoesOnFromItsFileWithTheSameBits) {
  const testing::TemporaryFolder folder;
  std::mt19937_64 random(1);
  const auto agent = ddpg_agent({.state_size = 2, .capacity = 100}, 3);
  const auto other = ddpg_agent({.state_size = 2, .capacity = 100}, 4);
  for (int i = 0; i < 150; ++i) agent->remember(copy_task(random));
  for (int i = 0; i < 20; ++i) agent->update();
  agent->save(folder.file("agent"), "a note");
  EXPECT_NE(agent->act({0.5F, 1}), other->act({0.5F, 1}));
  EXPECT_EQ(other->load(folder.file("agent")), "a note");
  for (search::Agent* each : {agent.get(), other.get()}) {
    each->remember({{0.5F, 1}, 0.5F, 0, {0.5F, 1}, true});
    for (int i = 0; i < 20; ++i) each->update();
  }
  EXPECT_EQ(agent->act({0.5F, 1}), other->act({0.5F, 1}));
  const auto larger = ddpg_agent({.state_size = 2, .capacity = 200}, 3);
  EXPECT_THROW(larger->load(folder.file("agent")), UserError);
}

TEST(RewardScale, ComparesARewardWithThoseJustBeforeIt) {
  search::RewardScale scale{.mean = -4};
  EXPECT_EQ(scale(-4), 0);
  EXPECT_DOUBLE_EQ(scale(-2), 2 / std::sqrt(4));
  EXPECT_DOUBLE_EQ(scale(-6), -3 / std::sqrt(0.9 * 4 + 0.1 * 9));
  EXPECT_DOUBLE_EQ(scale.mean, -4.5);
}

TEST(RewardScale, BoundsOutliersAndForgetsLevelAndSpread) {
  const auto last = [](double level, double spread) {
    search::RewardScale scale;
    scale(-1000);
    EXPECT_LE(std::abs(scale(1e6)), 1 / std::sqrt(search::RewardScale::kFollowSpread));
    for (int i = 0; i < 600; ++i) scale(level + (i % 2 ? spread : -spread));
    return scale(level + 2 * spread);
  };
  EXPECT_NEAR(last(-7, 1), last(-0.2, 0.01), 1e-6);
}

TEST(HaqSearch, GoesOnFromItsFileAsIfItHadNotStopped) {
  const testing::TemporaryFolder folder;
  const auto whole = searcher(12, 7), killed = searcher(12, 7), resumed = searcher(12, 7);
  std::vector<Levels> asked;
  for (int i = 0; i < 12; ++i) {
    asked.push_back(whole->ask());
    tell(*whole, asked.back());
  }
  for (int i = 0; i < 7; ++i) tell(*killed, killed->ask());
  ASSERT_TRUE(killed->save(folder.file("agent")));
  EXPECT_EQ(resumed->load(folder.file("agent")), 7);
  for (std::size_t i = 7; i < 12; ++i) {
    EXPECT_EQ(resumed->ask(), asked[i]);
    tell(*resumed, asked[i]);
  }
}

TEST(HaqSearch, KeepsTheLimitsAndExploresLessAndLess) {
  const auto haq = searcher(10, 1);
  double deviation = 0.5;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(haq->noise().has_value(), i >= kWarmup);
    if (haq->noise()) {
      EXPECT_LE(*haq->noise(), deviation);
      deviation = *haq->noise() * 0.9;
    }
    const Levels levels = haq->ask();
    EXPECT_TRUE(problem().space().keeps_limits(levels));
    tell(*haq, levels);
  }
}

TEST(HaqSearch, BeginsAtTheStartItIsGiven) {
  Levels start = problem().space().highest();
  problem().space().lower_to_limits(start, problem().space().last_to_first());
  const auto haq = search::haq_searcher({.space = problem().space(),
                                         .episodes = 10,
                                         .seed = 1,
                                         .start = start,
                                         .make_agent = ddpg_agent,
                                         .warmup = kWarmup});
  EXPECT_EQ(haq->ask(), start);
}

}  // namespace
}  // namespace bitloom
