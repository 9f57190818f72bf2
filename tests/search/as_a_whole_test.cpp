// Limits on what policies cost as a whole, where layers read each other's bits.
#include "search/policy/as_a_whole.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "search/policy/filter_space.h"
#include "search/policy/methods.h"
#include "search/policy/policy_space.h"
#include "search/problem/whole_pricing.h"
#include "tests/search/tiny_network.h"

namespace bitloom {
namespace {

using search::Choices;

constexpr std::size_t kTime = 0, kJoules = 1;

hardware::Bismo converting() {
  hardware::Bismo machine = testing::shipped_hardware("bismo-edge-real");
  machine.layout.convert = hardware::Conversion::kDiffering;
  return machine;
}

/// The first `layers` of ResNet-20 and what they cost as a whole on `machine`.
search::NetworkProblem first_layers(std::size_t layers, const hardware::Hardware& machine,
                                    std::mt19937_64& random) {
  search::NetworkProblem network =
      testing::drawn_network("resnet20", machine, {2, 4, 7}, {2, 4, 7});
  network.layers.resize(layers);
  network.precisions.resize(layers);
  network.problem.layers.resize(layers);
  for (search::LayerChoices& layer : network.problem.layers) {
    const double weights = std::exp(static_cast<double>(random() % 5));
    const double activations = std::exp(static_cast<double>(random() % 5));
    for (int c = 0; c < 9; ++c)  // weights of three widths, activations of three
      layer.choices[static_cast<std::size_t>(c)].omega =
          weights * std::exp2(-(c - c % 3)) + activations * std::exp2(-2 * (c % 3));
  }
  search::price_as_a_whole(network, machine, machine.batch(), {}, {});
  return network;
}

/// Every policy of a network, one after the other.
template <class Visit>
void for_all(const search::NetworkProblem& network, const Visit& visit) {
  Choices choices(network.layers.size(), 0);
  for (std::size_t place = 0; place < choices.size();) {
    visit(choices);
    for (place = 0; place < choices.size(); ++place) {
      if (++choices[place] < network.problem.layers[place].choices.size()) break;
      choices[place] = 0;
    }
  }
}

struct Range {
  double least = std::numeric_limits<double>::infinity(), most = 0;
};

Range range_of(const search::NetworkProblem& network, std::size_t cost) {
  Range range;
  for_all(network, [&](const Choices& choices) {
    const double value = search::costs_of(network, choices)[cost];
    range = {std::min(range.least, value), std::max(range.most, value)};
  });
  return range;
}

TEST(AsAWhole, IsNoMatterWhereBitsInMemoryAreBytes) {
  for (const char* machine :
       {"bismo-edge", "bismo-edge-real", "bismo-cloud-real", "bitfusion-16x32"}) {
    search::NetworkProblem network = testing::drawn_network("resnet20", machine, {2, 4}, {3, 8});
    const hardware::Hardware hardware = testing::shipped(machine);
    search::price_as_a_whole(network, hardware, hardware.batch(), {}, {});
    EXPECT_FALSE(network.whole) << machine;
  }
}

TEST(AsAWhole, IsWhatTheSimulatorSays) {
  std::mt19937_64 random(1);
  const hardware::Hardware machine(converting());
  const search::NetworkProblem network = first_layers(6, machine, random);
  ASSERT_TRUE(network.whole);
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    Choices choices(6);
    for (std::size_t& choice : choices) choice = random() % 9;
    const graph::Policy policy = search::policy_of(network, choices);
    const auto costs = search::costs_of(network, choices);
    const auto simulated = search::network_costs(
        network.layers, policy, sim::price(network.layers, policy, machine, machine.batch()),
        machine.clock());
    for (std::size_t k = 0; k < costs.size(); ++k)
      EXPECT_NEAR(costs[k], simulated[k], 1e-12 * simulated[k]);
    differs = differs || std::abs(costs[0] - search::costs_of(network.problem, choices)[0]) > 1e-6;
  }
  EXPECT_TRUE(differs);
}

TEST(AsAWhole, TheLeastOfAChoiceIsNeverMoreThanItCosts) {
  std::mt19937_64 random(2);
  const search::NetworkProblem network = first_layers(4, converting(), random);
  const search::Problem& least = network.whole->least.value();
  for_all(network, [&](const Choices& choices) {
    const auto costs = search::costs_of(network, choices);
    const auto bound = search::costs_of(least, choices);
    for (std::size_t k = 0; k < costs.size(); ++k) EXPECT_LE(bound[k], costs[k] * (1 + 1e-12));
  });
}

/// Beside brute force: never below it, limits kept, bounds right, and seldom off.
TEST(AsAWhole, SolutionsAreBestOrNearTheBest) {
  std::mt19937_64 random(3);
  int asked = 0, best_found = 0;
  for (int trial = 0; trial < 12; ++trial) {
    hardware::Bismo machine = converting();
    if (trial % 3 == 1) machine.layout.convert = hardware::Conversion::kNone;
    const search::NetworkProblem network = first_layers(4, machine, random);
    ASSERT_TRUE(network.whole);
    const Range latency = range_of(network, kTime), energy = range_of(network, kJoules);
    for (const double share : {0.0, 0.1, 0.3, 0.6}) {
      std::vector<search::Limit> limits{
          {kTime, latency.least + share * (latency.most - latency.least)}};
      if (trial % 2 == 1)
        limits.push_back({kJoules, energy.least + 0.5 * (energy.most - energy.least)});
      double best = std::numeric_limits<double>::infinity();
      for_all(network, [&](const Choices& choices) {
        if (search::keeps(search::costs_of(network, choices), limits))
          best = std::min(best, search::omega_of(network.problem, choices));
      });
      const search::Answer answer = search::solve(network, {.limits = limits});
      ASSERT_TRUE(answer.solution) << trial << " " << share;
      const search::Solution& found = *answer.solution;
      EXPECT_EQ(found.costs, search::costs_of(network, found.choices));
      EXPECT_TRUE(search::keeps(found.costs, limits));
      EXPECT_GE(found.omega, best * (1 - 1e-9));
      EXPECT_LE(found.bound, best * (1 + 1e-9));
      EXPECT_LE(found.omega, 1.25 * best) << trial << " " << share;
      EXPECT_TRUE(!found.proved_optimal || found.omega <= best * (1 + 1e-9));
      best_found += found.omega <= best * (1 + 1e-9);
      ++asked;
    }
  }
  EXPECT_GE(best_found, asked * 8 / 10);
}

TEST(AsAWhole, TheLeastOfACostIsThatOfAllPolicies) {
  std::mt19937_64 random(4);
  const search::NetworkProblem network = first_layers(4, converting(), random);
  double most_omega = 0;
  for (const search::LayerChoices& layer : network.problem.layers)
    most_omega += layer.choices[4].omega;
  double best = std::numeric_limits<double>::infinity();
  for_all(network, [&](const Choices& choices) {
    if (search::omega_of(network.problem, choices) <= most_omega)
      best = std::min(best, search::costs_of(network, choices)[kTime]);
  });
  const search::Answer answer =
      search::solve(network, {.minimize_cost = kTime, .max_omega = most_omega});
  EXPECT_GE(answer.solution.value().costs[kTime], best * (1 - 1e-9));
  EXPECT_LE(answer.solution->costs[kTime], 1.05 * best);
  EXPECT_LE(answer.solution->bound, best * (1 + 1e-9));
}

TEST(AsAWhole, NoPolicyKeepsLessThanTheBoundOfAll) {
  std::mt19937_64 random(5);
  const search::NetworkProblem network = first_layers(4, converting(), random);
  const double least = range_of(network, kTime).least;
  const std::vector<search::Limit> limits{{kTime, 0.5 * least}};
  const search::Answer answer = search::solve(network, {.limits = limits});
  ASSERT_FALSE(answer.solution);
  const std::string text = search::no_solution_text(network, {.limits = limits}, answer);
  EXPECT_TRUE(text.starts_with("no policy keeps latency ")) << text;
  for (const char* method : {"hawq", "hawq-v2", "hawq-v3"}) {
    const auto solve = search::find_method(method).solve;
    const search::Answer kept = solve(network, {{kTime, 3 * least}}, {});
    ASSERT_TRUE(kept.solution) << method;
    EXPECT_LE(kept.solution->costs[kTime], 3 * least * (1 + 1e-9)) << method;
    EXPECT_FALSE(solve(network, limits, {}).solution) << method;
  }
}

TEST(AsAWhole, SearchersOfPoliciesKeepLimits) {
  std::mt19937_64 random(6);
  const hardware::Hardware machine(converting());
  const search::NetworkProblem network = first_layers(6, machine, random);
  const double limit = 0.5 * search::costs_of(network, Choices(network.layers.size(), 8))[kTime];
  const search::PolicySpace space(network, {{kTime, limit}});
  const search::FilterSpace filters(
      space, {{kTime, limit}}, search::FilterCosts(network.layers, machine, machine.batch(), {}),
      search::BitsBy::kFilter);
  for (int i = 0; i < 50; ++i) {
    search::Levels levels = space.highest();
    for (std::size_t k = 0; k < levels.size(); ++k)
      levels[k] = static_cast<int>(random() % space.operands()[k].bits.size());
    space.lower_to_limits(levels, space.last_to_first());
    EXPECT_TRUE(space.keeps_limits(levels));
    EXPECT_LE(space.costs(levels)[kTime], limit * (1 + 1e-9));
    EXPECT_EQ(space.costs(levels), search::costs_of(network, space.choices(levels)));
    space.raise_to_limits(levels, space.last_to_first());
    EXPECT_LE(space.costs(levels)[kTime], limit * (1 + 1e-9));

    graph::FilterPolicy policy = filters.lowest();
    for (std::size_t unit = 0; unit < filters.units().size(); ++unit) {
      filters.set_activation_bits(policy, unit, 7);
      graph::FilterBits bits(
          static_cast<std::size_t>(network.layers[filters.units()[unit].front()].out_channels));
      for (int& each : bits) each = random() % 2 == 0 ? 2 : 7;
      search::FilterSpace::set_filters(policy, filters.units()[unit].front(), bits);
    }
    filters.lower_to_limits(policy);
    EXPECT_LE(filters.costs(policy)[kTime], limit * (1 + 1e-9));
    EXPECT_EQ(filters.costs(policy), network.whole->costs(policy));
  }
}

}  // namespace
}  // namespace bitloom
