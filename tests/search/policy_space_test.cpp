#include "search/policy/policy_space.h"

#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "search/agent/haq_environment.h"
#include "search/policy/random_moves.h"
#include "search/policy/searcher.h"
#include "search/solvers/exact.h"
#include "tests/search/tiny_network.h"

namespace bitloom {
namespace {

using search::Levels;
using search::Limit;
using search::PolicySpace;

constexpr std::size_t kLatency = 0;

class PolicySpaceTest : public ::testing::Test {
 protected:
  search::NetworkProblem network_ = testing::tiny_network({2, 4, 8}, {3, 5, 6, 8});
  double full_ = testing::cost_at_8_bits(network_, kLatency);

  double latency(const Levels& levels, const PolicySpace& space) const {
    return space.costs(levels)[kLatency];
  }
  Levels random_levels(const PolicySpace& space, std::mt19937& random) const {
    Levels levels;
    for (const search::Operand& operand : space.operands())
      levels.push_back(static_cast<int>(random() % operand.bits.size()));
    return levels;
  }
};

TEST_F(PolicySpaceTest, HasWeightsThenActivationsOfEachLayer) {
  const PolicySpace space(network_, {});
  ASSERT_EQ(space.operands().size(), 2 * network_.layers.size());
  EXPECT_EQ(space.operands()[2].layers, std::vector<std::size_t>{1});
  EXPECT_EQ(space.operands()[2].role, search::Operand::Role::kWeights);
  EXPECT_EQ(space.operands()[2].bits, (std::vector<int>{2, 4, 8}));
  EXPECT_EQ(space.operands()[3].role, search::Operand::Role::kActivations);
  EXPECT_EQ(space.operands()[3].bits, (std::vector<int>{3, 5, 6, 8}));
  Levels levels = space.highest();
  levels[2] = 0;
  levels[3] = 1;
  EXPECT_EQ(space.policy(levels)[1], (graph::Precision{2, 5}));
  EXPECT_EQ(space.policy(levels)[0], (graph::Precision{8, 8}));
}

TEST_F(PolicySpaceTest, LevelsAndChoicesAreOneAnothers) {
  const PolicySpace space(network_, {});
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    const Levels levels = random_levels(space, random);
    EXPECT_EQ(space.levels(space.choices(levels)), levels);
    EXPECT_EQ(space.costs(levels), search::costs_of(network_.problem, space.choices(levels)));
  }
}

TEST_F(PolicySpaceTest, PairsThatAreNoChoicesStandForTheNearestOnes) {
  auto& pairs = network_.precisions[1];
  auto& choices = network_.problem.layers[1].choices;
  ASSERT_EQ(pairs.back(), (graph::Precision{8, 8}));
  pairs.erase(pairs.end() - 2, pairs.end());  // 8/6 and 8/8
  choices.erase(choices.end() - 2, choices.end());
  const PolicySpace space(network_, {});
  EXPECT_EQ(space.operands()[3].bits, (std::vector<int>{3, 5, 6, 8}));
  Levels levels = space.highest();
  EXPECT_EQ(space.policy(levels)[1], (graph::Precision{8, 5}));
  levels[2] = 1;
  EXPECT_EQ(space.policy(levels)[1], (graph::Precision{4, 8}));
  EXPECT_EQ(space.levels(space.choices(levels)), levels);
}

TEST_F(PolicySpaceTest, TiedLayersAreOneOperand) {
  network_.problem.ties = {{1, 4}};
  const PolicySpace space(network_, {});
  EXPECT_EQ(space.operands().size(), 2 * network_.layers.size() - 2);
  EXPECT_EQ(space.operands()[2].layers, (std::vector<std::size_t>{1, 4}));
  Levels levels = space.highest();
  levels[2] = 1;
  EXPECT_EQ(space.policy(levels)[1], space.policy(levels)[4]);
  EXPECT_EQ(space.policy(levels)[4].weight_bits, 4);
}

/// The wall step by step, each step priced anew.
Levels walled_by_hand(const PolicySpace& space, Levels levels) {
  while (!space.keeps_limits(levels))
    for (std::size_t i = levels.size(); i-- > 0;) {
      if (levels[i] == 0) continue;
      --levels[i];
      if (space.keeps_limits(levels)) break;
    }
  return levels;
}

TEST_F(PolicySpaceTest, TheWallLowersFromTheLastLayerActivationsFirst) {
  const PolicySpace space(network_, {{kLatency, 0.3 * full_}});
  std::mt19937 random(2);
  for (int i = 0; i < 200; ++i) {
    const Levels wished = random_levels(space, random);
    Levels levels = wished;
    space.lower_to_limits(levels, space.last_to_first());
    EXPECT_EQ(levels, walled_by_hand(space, wished));
    EXPECT_LE(latency(levels, space), 0.3 * full_ * (1 + 1e-12));
  }
}

TEST_F(PolicySpaceTest, RaisedPoliciesCannotTakeOneMoreLevel) {
  const PolicySpace space(
      network_, {{kLatency, 0.4 * full_}, {1, 0.6 * testing::cost_at_8_bits(network_, 1)}});
  search::RandomMoves moves(space, 3);
  for (int i = 0; i < 50; ++i) {
    const Levels levels = i % 2 == 0 ? moves.anywhere() : moves.near(moves.anywhere(), 3);
    ASSERT_TRUE(space.keeps_limits(levels));
    EXPECT_EQ(space.excess(levels), 0);
    for (std::size_t k = 0; k < levels.size(); ++k) {
      Levels more = levels;
      if (++more[k] == std::ssize(space.operands()[k].bits)) continue;
      EXPECT_FALSE(space.keeps_limits(more));
      EXPECT_GT(space.excess(more), 0);
    }
  }
}

TEST_F(PolicySpaceTest, NoPolicyWithinTheLimitsIsAnErrorThatNamesTheNearest) {
  try {
    const PolicySpace space(network_, {{kLatency, 0.01 * full_}});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("the least latency is"), std::string::npos)
        << error.what();
  }
}

/// 9 bits everywhere break the limit, a mixture with 10 keeps it.
TEST(PolicySpaceWhereMoreBitsCostLess, IsNotRefusedAndIsReachedFromEverywhere) {
  const search::NetworkProblem network = testing::more_bits_cost_less();
  const double lowest = testing::cost_at_level(network, kLatency, 0);
  const double least =
      search::solve(network.problem, {.minimize_cost = kLatency}).solution->costs[kLatency];
  ASSERT_LT(least, lowest);
  const PolicySpace space(network, {{kLatency, 0.5 * (least + lowest)}});
  EXPECT_FALSE(space.keeps_limits(Levels(space.operands().size(), 0)));
  Levels levels = space.highest();
  space.lower_to_limits(levels, space.last_to_first());
  EXPECT_TRUE(space.keeps_limits(levels));
  search::RandomMoves moves(space, 1);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(space.keeps_limits(moves.anywhere()));
    EXPECT_TRUE(space.keeps_limits(moves.near(levels, 3)));
  }
  const auto greedy = search::greedy_searcher({.space = space, .episodes = 40, .seed = 1});
  bool came_down = false;
  for (int i = 0; i < 40; ++i) {
    came_down = came_down || space.keeps_limits(greedy->ask());
    greedy->tell(0);
  }
  EXPECT_TRUE(came_down);
}

TEST(PolicySpaceWhereMoreBitsCostLess, OfTwoBudgetsIsRefusedOnlyWhereNoPolicyKeepsBoth) {
  const search::NetworkProblem network = testing::more_bits_cost_less();
  const search::Solution fastest =
      *search::solve(network.problem, {.minimize_cost = kLatency}).solution;
  const std::vector<Limit> both{{kLatency, fastest.costs[kLatency]}, {4, fastest.costs[4]}};
  const PolicySpace space(network, both);
  Levels levels = space.highest();
  space.lower_to_limits(levels, space.last_to_first());
  EXPECT_TRUE(space.keeps_limits(levels));
  std::vector<Limit> tighter = both;
  tighter[1].value = testing::cost_at_level(network, 4, 0);
  EXPECT_THROW(PolicySpace(network, tighter), UserError);
}

TEST_F(PolicySpaceTest, HaqsActionsAreBitsAsItsFormulaSays) {
  network_ = testing::tiny_network({2, 3, 4, 5, 6, 7, 8}, {2, 3, 4, 5, 6, 7, 8});
  const PolicySpace space(network_, {});
  const search::HaqEnvironment environment(space, network_.layers);
  for (int step = 0; step <= 1000; ++step) {
    const float action = static_cast<float>(step) * 0.001F;
    const double bits = std::round((8 - 2 + 1) * action + 2 - 0.5);
    EXPECT_EQ(2 + environment.level(0, action), std::clamp(bits, 2.0, 8.0)) << action;
  }
  for (int level = 0; level < 7; ++level)
    EXPECT_EQ(environment.level(5, environment.action(5, level)), level);
}

TEST_F(PolicySpaceTest, HaqsStatesAreScaledColumns) {
  const PolicySpace space(network_, {});
  const search::HaqEnvironment environment(space, network_.layers);
  Levels levels = space.highest();
  levels[0] = 1;
  const auto first = environment.state(0, {});
  const auto second = environment.state(1, levels);
  EXPECT_EQ(first[1], 0);  // three input channels are the fewest
  EXPECT_EQ(first[6], 1);  // and 32 x 32 pixels the most
  EXPECT_EQ(first[7], 0);
  EXPECT_EQ(first[8], 0);
  EXPECT_EQ(first[9], 1);
  EXPECT_EQ(second[8], 0.5F);  // 4 bits of 8
  EXPECT_EQ(second[9], 0);
  const auto last = environment.state(levels.size() - 1, levels);
  EXPECT_EQ(last[3], 0);  // a linear layer has no stride
  EXPECT_EQ(last[7], 1);
  for (const float value : last) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 1);
  }
}

}  // namespace
}  // namespace bitloom
