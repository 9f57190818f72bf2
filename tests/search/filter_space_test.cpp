// Policies by filter, what they cost and how they are brought to the limits.
#include "search/policy/filter_space.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "search/agent/agent.h"
#include "search/agent/autoq_environment.h"
#include "tests/support/complaint.h"
#include "tests/support/synthetic_filters.h"

namespace bitloom {
namespace {

using graph::FilterPolicy;
using search::BitsBy;
using testing::SyntheticFilters;

/// Bits drawn evenly.
FilterPolicy drawn(const search::FilterSpace& space, std::mt19937_64& random) {
  FilterPolicy policy = space.lowest();
  const auto one_of = [&](const std::vector<int>& bits) {
    return bits[draw_below(random, bits.size())];
  };
  for (std::size_t unit = 0; unit < space.units().size(); ++unit) {
    space.set_activation_bits(policy, unit, one_of(space.activation_bits(unit)));
    const std::size_t layer = space.units()[unit].front();
    if (!space.is_by_filter(unit)) {
      space.set_weight_bits(policy, unit, one_of(space.weight_bits(unit)));
      continue;
    }
    graph::FilterBits bits(static_cast<std::size_t>(space.shapes()[layer].out_channels));
    for (int& each : bits) each = one_of(space.weight_bits(unit));
    search::FilterSpace::set_filters(policy, layer, bits);
  }
  return policy;
}

TEST(FilterSpace, CostsWhatItsProductsCostBesideEachOther) {
  const SyntheticFilters problem(BitsBy::kFilter);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20; ++i) {
    const FilterPolicy policy = drawn(problem.space(), random);
    double cycles = 0, bits = 0;
    for (std::size_t layer = 0; layer < policy.layers.size(); ++layer) {
      sim::Job whole = sim::lone_jobs_of(problem.space().shapes(), policy.layers, 1)[layer];
      for (const sim::Job& part : sim::parts_of(whole, policy.of(layer))) {
        cycles +=
            static_cast<double>(sim::run(part, problem.machine(), {}).cost.timing.total.count());
        bits += static_cast<double>(part.layer.weights() * part.precision.weight_bits);
      }
    }
    const std::vector<double> costs = problem.space().costs(policy);
    EXPECT_NEAR(costs[0], cycles / problem.machine().clock().count() / 1e3, 1e-9);
    EXPECT_NEAR(costs[3], bits / 8e6, 1e-12);
  }
}

TEST(FilterSpace, CostsOfWholeLayersAreThoseOfTheSpaceOfLayers) {
  const SyntheticFilters problem(BitsBy::kLayer);
  std::mt19937_64 random(2);
  for (int i = 0; i < 20; ++i) {
    search::Levels levels;
    for (const search::Operand& operand : problem.whole().operands())
      levels.push_back(static_cast<int>(draw_below(random, operand.bits.size())));
    const std::vector<double> costs = problem.space().costs({problem.whole().policy(levels)});
    for (std::size_t k = 0; k < costs.size(); ++k)
      EXPECT_NEAR(costs[k], problem.whole().costs(levels)[k], 1e-9 * costs[k]);
  }
}

class BitsOfEach : public ::testing::TestWithParam<BitsBy> {};

TEST_P(BitsOfEach, AreLoweredUntilTheLimitsHoldAndNoFurther) {
  for (const char* budget : {"latency=0.4x", "size=0.3x", "energy=0.5x"}) {
    const SyntheticFilters problem(GetParam(), budget);
    const search::Limit limit = problem.limits().front();
    std::mt19937_64 random(3);
    for (int i = 0; i < 30; ++i) {
      const FilterPolicy wished = drawn(problem.space(), random);
      FilterPolicy policy = wished;
      problem.space().lower_to_limits(policy);
      EXPECT_LE(problem.space().costs(policy)[limit.cost], limit.value * (1 + 1e-12));
      if (problem.space().keeps_limits(wished)) {
        EXPECT_EQ(policy, wished);
      }
      for (std::size_t layer = 0; layer < policy.layers.size(); ++layer)
        EXPECT_LE(policy.layers[layer].weight_bits, wished.layers[layer].weight_bits);
    }
  }
}

TEST_P(BitsOfEach, OfAWholeNetworkAreTheSame) {
  if (GetParam() != BitsBy::kNetwork) return;
  const SyntheticFilters problem(GetParam(), "latency=0.4x");
  std::mt19937_64 random(4);
  for (int i = 0; i < 30; ++i) {
    FilterPolicy policy = drawn(problem.space(), random);
    problem.space().lower_to_limits(policy);
    EXPECT_FALSE(policy.by_filter());
    for (const graph::Precision& bits : policy.layers) EXPECT_EQ(bits, policy.layers.front());
  }
}

INSTANTIATE_TEST_SUITE_P(All, BitsOfEach,
                         ::testing::Values(BitsBy::kFilter, BitsBy::kLayer, BitsBy::kNetwork),
                         [](const auto& each) { return search::to_text(each.param); });

TEST(FilterSpace, LetsFiltersOfTheMostBitsJoinTheNextWidth) {
  const SyntheticFilters problem(BitsBy::kFilter, "size=0.3x");
  FilterPolicy policy = problem.space().lowest();
  const std::size_t last = policy.layers.size() - 1;
  graph::FilterBits bits(static_cast<std::size_t>(problem.space().shapes()[last].out_channels), 5);
  bits[0] = 8;
  search::FilterSpace::set_filters(policy, last, bits);
  for (std::size_t layer = 0; layer < last; ++layer) policy.layers[layer].weight_bits = 8;
  problem.space().lower_to_limits(policy);
  EXPECT_LE(policy.layers[last].weight_bits, 5);
  EXPECT_TRUE(policy.of(last).empty());
}

TEST(FilterSpace, LetsFiltersJoinTheNextWiderWidthWhereThatSavesOfTheLeastCost) {
  const SyntheticFilters problem(BitsBy::kFilter, "latency=1x");
  constexpr std::size_t kLatency = 0, kSize = 3;
  std::mt19937_64 random(5);
  for (const std::size_t least : {kLatency, kSize}) {
    const search::FilterSpace space(problem.whole(), {},
                                    {problem.space().shapes(), problem.machine(), 1, {}},
                                    BitsBy::kFilter, least);
    bool joins = false;
    for (int i = 0; i < 10; ++i) {
      const FilterPolicy wished = drawn(space, random);
      FilterPolicy policy = wished;
      space.lower_to_limits(policy);
      joins = joins || policy != wished;
      EXPECT_EQ(space.costs(policy)[least] < space.costs(wished)[least], policy != wished);
      for (std::size_t layer = 0; layer < policy.layers.size(); ++layer)
        EXPECT_EQ(policy.layers[layer], wished.layers[layer]);
    }
    EXPECT_EQ(joins, least == kLatency);  // more bits are never smaller
  }
}

TEST(FilterSpace, TellsWhatItCannotDo) {
  EXPECT_EQ(testing::complaint([] { search::parse_bits_by("kernel"); }),
            "unknown choice 'kernel' (known: filter, layer, network)");
}

TEST(AutoqEnvironment, ShowsFiltersByTheirDeviationAndWhatIsLeftOfTheGoal) {
  const SyntheticFilters problem(BitsBy::kFilter);
  const search::AutoqEnvironment environment(problem.space(), problem.deviations());
  const std::vector<std::size_t>& order = environment.order(0);
  for (std::size_t i = 1; i < order.size(); ++i)
    EXPECT_GE(problem.deviations()[0][order[i - 1]], problem.deviations()[0][order[i]]);
  EXPECT_DOUBLE_EQ(environment.goal_bits(0, 0.5), 5);
  EXPECT_DOUBLE_EQ(environment.goal_action(0, 5), 0.5);
  EXPECT_EQ(environment.filter_bits(0, 0), 2);
  EXPECT_EQ(environment.filter_bits(0, 1), 8);
  // Of 16 filters that shall have 5 bits each, one has 8: the others need 72 / 15.
  const std::vector<float> state = environment.low_state(0, 0.5, 1, 8, 8);
  ASSERT_EQ(state.size(), search::AutoqEnvironment::kLowSize);
  EXPECT_FLOAT_EQ(state[state.size() - 2], 1);
  EXPECT_FLOAT_EQ(state.back(), (72.0F / 15 - 2) / 6);
  std::vector<int> bits(order.size(), 8);
  EXPECT_EQ(environment.low_states(0, 0.5, bits)[1], state);
}

}  // namespace
}  // namespace bitloom
