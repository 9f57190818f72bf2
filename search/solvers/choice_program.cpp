#include "search/solvers/choice_program.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitloom::search {
namespace {

using Option = ChoiceProgram::Option;
using Group = ChoiceProgram::Group;

/// A sum that is limited: by layer and choice, and at most `limit`.
struct Row {
  std::optional<std::size_t> cost;  // omega where there is none
  double limit;

  double value(const Choice& choice) const { return cost ? choice.costs[*cost] : choice.omega; }
};

double value_of(const Problem& problem, const Row& row, const Group& group, const Option& option) {
  double value = 0;
  for (const std::size_t layer : group.layers)
    value += row.value(problem.layers[layer].choices[option.choice]);
  return value;
}

/// What is left of the limit when every group has its least.
double slack_of(const ChoiceProgram& program, const Problem& problem, const Row& row) {
  double slack = row.limit;
  for (const Group& group : program.groups) {
    double least = std::numeric_limits<double>::infinity();
    for (const Option& option : group.options)
      least = std::min(least, value_of(problem, row, group, option));
    slack -= least;
  }
  return slack;
}

/// Where all sums that keep the limit are 0: what they are told apart from, the limit or, of 0, the
/// least that any option adds.
double size_beside_zeros(const Problem& problem, const Row& row) {
  if (row.limit != 0) return std::abs(row.limit);
  double least = 0;
  for (const auto& layer : problem.layers)
    for (const Choice& choice : layer.choices)
      if (const double size = std::abs(row.value(choice)); size > 0 && (least == 0 || size < least))
        least = size;
  return least;
}

/// Units in 1, a power of ten. Options that break the limit on their own do not count.
double units_of(const ChoiceProgram& program, const Problem& problem, const Row& row) {
  constexpr int kDigits = 15, kMostExponent = 290;
  constexpr double kRounding = 1e-9;  // such an option counts all the same
  const double slack = std::max(0.0, slack_of(program, problem, row));
  double largest = 0;
  for (const Group& group : program.groups) {
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const Option& option : group.options)
      least = std::min(least, value_of(problem, row, group, option));
    for (const Option& option : group.options) {
      const double value = value_of(problem, row, group, option);
      if (value - least > slack + kRounding * std::abs(value)) continue;
      double sum = 0;
      for (const std::size_t layer : group.layers)
        sum += std::abs(row.value(problem.layers[layer].choices[option.choice]));
      most = std::max(most, sum);
    }
    largest += most;
  }
  if (largest == 0) largest = size_beside_zeros(problem, row);
  if (largest == 0) return 1;
  const int digits = static_cast<int>(std::floor(std::log10(largest))) + 1;
  return std::pow(10, std::min(kDigits - digits, kMostExponent));
}

void add_row(ChoiceProgram& program, const Problem& problem, const Row& row) {
  const double units = units_of(program, problem, row);
  // Sums that keep the limit have 15 digits at most: what is beyond is so, no matter how far.
  constexpr double kBeyondAnySum = 2e15, kBeyondAnyLimit = 8e15;
  const auto in_units = [&](double value, double most) {
    return std::llround(std::clamp(value * units, -most, most));
  };
  std::int64_t limit = in_units(row.limit, kBeyondAnySum);
  limit += static_cast<std::int64_t>(problem.layers.size() + 1) / 2;  // each rounds by half a unit
  for (Group& group : program.groups) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (Option& option : group.options) {
      std::int64_t weight = 0;
      for (const std::size_t layer : group.layers)
        weight +=
            in_units(row.value(problem.layers[layer].choices[option.choice]), kBeyondAnyLimit);
      option.weights.push_back(weight);
      least = std::min(least, weight);
    }
    for (Option& option : group.options) option.weights.back() -= least;
    limit -= least;
  }
  program.limits.push_back(limit);
}

bool dominates(const Option& a, const Option& b) {
  return a.objective <= b.objective &&
         std::equal(a.weights.begin(), a.weights.end(), b.weights.begin(), std::less_equal<>());
}

}  // namespace

ChoiceProgram make_program(const Problem& problem, const Query& query) {
  const Row objective{query.minimize_cost, 0};
  ChoiceProgram program;
  for (auto& layers : groups_of(problem)) {
    Group group{layers, {}};
    for (const std::size_t choice : allowed_in(problem, layers)) {
      Option option{choice, 0, {}};
      for (const std::size_t layer : layers)
        option.objective += objective.value(problem.layers[layer].choices[choice]);
      group.options.push_back(std::move(option));
    }
    program.groups.push_back(std::move(group));
  }
  for (const Limit& limit : query.limits) add_row(program, problem, {limit.cost, limit.value});
  if (query.max_omega) add_row(program, problem, {std::nullopt, *query.max_omega});
  return program;
}

double objective_of(const ChoiceProgram& program, const Picks& picks) {
  double objective = 0;
  for (std::size_t g = 0; g < picks.size(); ++g)
    objective += program.groups[g].options[picks[g]].objective;
  return objective;
}

std::int64_t weight_of(const ChoiceProgram& program, const Picks& picks, std::size_t limit) {
  std::int64_t sum = 0;
  for (std::size_t g = 0; g < picks.size(); ++g)
    sum += program.groups[g].options[picks[g]].weights[limit];
  return sum;
}

bool fits(const ChoiceProgram& program, const Picks& picks) {
  for (std::size_t k = 0; k < program.limits.size(); ++k)
    if (weight_of(program, picks, k) > program.limits[k]) return false;
  return true;
}

std::vector<double> priced(const Group& group, const std::vector<double>& prices) {
  std::vector<double> costs;
  for (const Option& option : group.options) {
    costs.push_back(option.objective);
    for (std::size_t k = 0; k < prices.size(); ++k)
      costs.back() += prices[k] * static_cast<double>(option.weights[k]);
  }
  return costs;
}

Choices choices_of(const ChoiceProgram& program, const Picks& picks) {
  std::size_t layers = 0;
  for (const Group& group : program.groups) layers += group.layers.size();
  Choices choices(layers);
  for (std::size_t g = 0; g < picks.size(); ++g)
    for (const std::size_t layer : program.groups[g].layers)
      choices[layer] = program.groups[g].options[picks[g]].choice;
  return choices;
}

Picks picks_of(const ChoiceProgram& program, const Choices& choices) {
  Picks picks;
  for (const Group& group : program.groups)
    for (std::size_t o = 0; o < group.options.size(); ++o)
      if (group.options[o].choice == choices[group.layers.front()]) picks.push_back(o);
  return picks;
}

void remove_dominated(ChoiceProgram& program) {
  for (Group& group : program.groups) {
    std::vector<Option> kept;
    for (const Option& option : group.options) {
      const bool too_heavy = !std::equal(option.weights.begin(), option.weights.end(),
                                         program.limits.begin(), std::less_equal<>());
      const auto no_better_than = [&](const Option& other) { return dominates(other, option); };
      if (too_heavy || std::any_of(kept.begin(), kept.end(), no_better_than)) continue;
      std::erase_if(kept, [&](const Option& other) { return dominates(option, other); });
      kept.push_back(option);
    }
    group.options = std::move(kept);
  }
}

}  // namespace bitloom::search
