#pragma once

#include <cmath>
#include <random>
#include <string>

#include "search/problem/problem.h"

namespace bitloom::testing {

struct RandomProblemOptions {
  std::size_t layers = 8;
  std::size_t choices = 5;
  std::size_t costs = 1;
  bool whole_costs = true;
  double omega_decades = 2;  // over which omegas are spread
};

/// Choices that get dearer and better, by and large, and a budget `part` of the way from the least
/// to the largest cost.
inline search::Problem random_problem(std::mt19937_64& random, const RandomProblemOptions& options,
                                      double part) {
  std::uniform_real_distribution<double> uniform;
  search::Problem problem;
  search::Budget budget{"part", {}};
  for (std::size_t k = 0; k < options.costs; ++k)
    problem.cost_names.push_back("c" + std::to_string(k));
  std::vector<double> least(options.costs), most(options.costs);
  for (std::size_t i = 0; i < options.layers; ++i) {
    search::LayerChoices layer{"layer" + std::to_string(i), {}};
    const double importance = std::pow(10, options.omega_decades * uniform(random));
    for (std::size_t c = 0; c < options.choices; ++c) {
      search::Choice choice{std::to_string(c), 0, {}};
      choice.omega = importance * std::pow(0.3, static_cast<double>(c)) * (0.5 + uniform(random));
      for (std::size_t k = 0; k < options.costs; ++k) {
        const double cost = static_cast<double>(c + 1) * (20 + 60 * uniform(random));
        choice.costs.push_back(options.whole_costs ? std::round(cost) : cost);
      }
      layer.choices.push_back(choice);
    }
    for (std::size_t k = 0; k < options.costs; ++k) {
      least[k] += layer.choices.front().costs[k];
      most[k] += layer.choices.back().costs[k];
    }
    problem.layers.push_back(layer);
  }
  for (std::size_t k = 0; k < options.costs; ++k)
    budget.limits.push_back({k, least[k] + part * (most[k] - least[k])});
  problem.budgets.push_back(budget);
  return problem;
}

}  // namespace bitloom::testing
