// Problems with costs of 0, against all policies tried one by one.
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "search/solvers/exact.h"

namespace bitloom::search {
namespace {

constexpr double kCosts[] = {0, 0, 0.02, 0.3, 1.2, 5};

template <class Values>
double drawn(const Values& values, std::mt19937_64& random) {
  return values[random() % std::size(values)];
}

Problem drawn_problem(std::mt19937_64& random) {
  Problem problem;
  problem.cost_names = {"a", "b"};
  for (std::size_t i = 0; i < 1 + random() % 4; ++i) {
    LayerChoices layer{"layer" + std::to_string(i), {}};
    for (std::size_t c = 0; c < 1 + random() % 3; ++c)
      layer.choices.push_back({std::to_string(c),
                               static_cast<double>(random() % 20),
                               {drawn(kCosts, random), drawn(kCosts, random)}});
    problem.layers.push_back(layer);
  }
  return problem;
}

/// The least omega within the limits; infinity where no policy keeps them.
double least_omega(const Problem& problem, const Query& query) {
  double least = std::numeric_limits<double>::infinity();
  for (Choices choices(problem.layers.size());;) {
    bool keeps = true;
    for (const Limit& limit : query.limits)
      keeps = keeps && cost_of(problem, choices, limit.cost) <= limit.value + 1e-9;
    if (keeps) least = std::min(least, omega_of(problem, choices));
    std::size_t i = 0;
    while (i < choices.size() && ++choices[i] == problem.layers[i].choices.size()) choices[i++] = 0;
    if (i == choices.size()) return least;
  }
}

TEST(ZeroCosts, NeverHideThatALimitIsBroken) {
  constexpr double kLimits[] = {0, 0.01, 0.3, 1, 2.4};
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    const Problem problem = drawn_problem(random);
    Query query{.limits = {{0, drawn(kLimits, random)}}};
    if (random() % 2) query.limits.push_back({1, drawn(kLimits, random)});
    const double least = least_omega(problem, query);
    const Answer answer = solve(problem, query);
    ASSERT_TRUE(answer.finished) << "round " << round;
    ASSERT_EQ(answer.solution.has_value(), least < std::numeric_limits<double>::infinity())
        << "round " << round;
    if (!answer.solution) continue;
    ASSERT_DOUBLE_EQ(answer.solution->omega, least) << "round " << round;
  }
}

}  // namespace
}  // namespace bitloom::search
