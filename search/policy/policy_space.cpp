#include "search/policy/policy_space.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>

#include "base/error.h"
#include "search/policy/as_a_whole.h"

namespace bitloom::search {
namespace {

std::vector<int> widths(const std::vector<graph::Precision>& precisions,
                        int graph::Precision::*bits) {
  std::set<int> found;
  for (const graph::Precision& precision : precisions) found.insert(precision.*bits);
  return {found.begin(), found.end()};
}

/// Which of `precisions` has the bits nearest to a pair, of those that are equally near the first.
std::size_t nearest_to(graph::Precision wished, const std::vector<graph::Precision>& precisions) {
  const auto distance = [&](graph::Precision precision) {
    const int weights = precision.weight_bits - wished.weight_bits;
    const int activations = precision.activation_bits - wished.activation_bits;
    return weights * weights + activations * activations;
  };
  const auto found = std::min_element(
      precisions.begin(), precisions.end(),
      [&](graph::Precision a, graph::Precision b) { return distance(a) < distance(b); });
  return static_cast<std::size_t>(found - precisions.begin());
}

int level_of(const std::vector<int>& widths, int bits) {
  return static_cast<int>(std::lower_bound(widths.begin(), widths.end(), bits) - widths.begin());
}

/// Where costs are as a whole, a limit has so many parts, and slack is counted in them.
constexpr double kParts = 1e12;
constexpr double kRounding = 1e-9;  // of a limit, by which sums may pass it

std::int64_t parts_left(double cost, double limit) {
  constexpr double kMost = 9e18;
  return static_cast<std::int64_t>(
      std::clamp((1 + kRounding - cost / limit) * kParts, -kMost, kMost));
}

bool is_kept(const std::vector<std::int64_t>& slack) {
  return std::all_of(slack.begin(), slack.end(), [](std::int64_t left) { return left >= 0; });
}

}  // namespace

PolicySpace::PolicySpace(const NetworkProblem& network, const std::vector<Limit>& limits)
    : network_(network) {
  const ChoiceProgram program = make_program(network.problem, {.limits = limits});
  limits_ = program.limits;
  if (network.whole) {
    as_a_whole_ = limits;
    std::fill(limits_.begin(), limits_.end(), static_cast<std::int64_t>(kParts));
  }
  for (const ChoiceProgram::Group& group : program.groups) {
    add_group(group.layers);
    for (const ChoiceProgram::Option& option : group.options)
      groups_.back().used.push_back(option.weights);
  }
  last_to_first_.resize(operands_.size());
  std::iota(last_to_first_.rbegin(), last_to_first_.rend(), std::size_t{0});
  refuge_ = find_refuge(limits);
}

Levels PolicySpace::find_refuge(const std::vector<Limit>& limits) const {
  const Levels lowest(operands_.size(), 0);
  if (keeps_limits(lowest)) return lowest;
  const Query cheapest{.minimize_cost = limits.front().cost, .limits = limits};
  const Answer answer = solve(network_, cheapest);
  if (answer.solution) return levels(answer.solution->choices);
  throw UserError(no_solution_text(network_, {.limits = limits}, answer));
}

void PolicySpace::add_group(const std::vector<std::size_t>& layers) {
  const auto& precisions = network_.precisions[layers.front()];
  Group group;
  group.layers = layers;
  const auto add_operand = [&](Operand::Role role, std::vector<int> bits) {
    if (bits.size() < 2) return kFixed;
    operands_.push_back({layers, role, std::move(bits)});
    group_of_.push_back(groups_.size());
    return static_cast<int>(operands_.size()) - 1;
  };
  const std::vector<int> weights = widths(precisions, &graph::Precision::weight_bits);
  std::vector<int> activations = widths(precisions, &graph::Precision::activation_bits);
  group.activation_widths = activations.size();
  for (const int weight_bits : weights)
    for (const int activation_bits : activations)
      group.choice_at.push_back(nearest_to({weight_bits, activation_bits}, precisions));
  group.weights = add_operand(Operand::Role::kWeights, weights);
  group.activations = add_operand(Operand::Role::kActivations, std::move(activations));
  groups_.push_back(std::move(group));
}

std::size_t PolicySpace::choice(const Group& group, const Levels& levels) const {
  const auto level = [&](int operand) {
    return operand == kFixed ? std::size_t{0}
                             : static_cast<std::size_t>(levels[static_cast<std::size_t>(operand)]);
  };
  return group.choice_at[level(group.weights) * group.activation_widths + level(group.activations)];
}

std::vector<std::int64_t> PolicySpace::slack(const Levels& levels) const {
  if (!as_a_whole_.empty()) return slack_as_a_whole(levels);
  std::vector<std::int64_t> left = limits_;
  for (const Group& group : groups_)
    for (std::size_t k = 0; k < left.size(); ++k) left[k] -= group.used[choice(group, levels)][k];
  return left;
}

std::vector<std::int64_t> PolicySpace::slack_as_a_whole(const Levels& levels) const {
  const std::vector<double> costs = this->costs(levels);
  std::vector<std::int64_t> left;
  for (const Limit& limit : as_a_whole_) left.push_back(parts_left(costs[limit.cost], limit.value));
  return left;
}

void PolicySpace::move(Levels& levels, std::size_t operand, int level,
                       std::vector<std::int64_t>& slack) const {
  const Group& group = groups_[group_of_[operand]];
  const std::size_t before = choice(group, levels);
  levels[operand] = level;
  if (!as_a_whole_.empty()) {
    slack = slack_as_a_whole(levels);
    return;
  }
  const std::size_t after = choice(group, levels);
  for (std::size_t k = 0; k < slack.size(); ++k)
    slack[k] += group.used[before][k] - group.used[after][k];
}

Levels PolicySpace::highest() const {
  Levels levels;
  for (const Operand& operand : operands_)
    levels.push_back(static_cast<int>(operand.bits.size()) - 1);
  return levels;
}

bool PolicySpace::keeps_limits(const Levels& levels) const { return is_kept(slack(levels)); }

double PolicySpace::excess(const Levels& levels) const {
  double sum = 0;
  const std::vector<std::int64_t> left = slack(levels);
  for (std::size_t k = 0; k < left.size(); ++k)
    if (left[k] < 0)
      sum -=
          static_cast<double>(left[k]) / static_cast<double>(std::max<std::int64_t>(1, limits_[k]));
  return sum;
}

void PolicySpace::lower_to_limits(Levels& levels, const std::vector<std::size_t>& order) const {
  const Levels wished = levels;
  if (walled(levels, order)) return;
  levels = wished;
  std::vector<std::int64_t> left = slack(levels);
  for (const std::size_t operand : order) {
    move(levels, operand, refuge_[operand], left);
    if (is_kept(left)) return;
  }
}

bool PolicySpace::walled(Levels& levels, const std::vector<std::size_t>& order) const {
  std::vector<std::int64_t> left = slack(levels);
  for (bool lowered = true; lowered && !is_kept(left);) {
    lowered = false;
    for (const std::size_t operand : order) {
      if (levels[operand] == 0) continue;
      move(levels, operand, levels[operand] - 1, left);
      lowered = true;
      if (is_kept(left)) return true;
    }
  }
  return is_kept(left);
}

void PolicySpace::raise_to_limits(Levels& levels, const std::vector<std::size_t>& order) const {
  std::vector<std::int64_t> left = slack(levels);
  for (bool raised = !limits_.empty(); raised;) {
    raised = false;
    for (const std::size_t operand : order) {
      if (levels[operand] + 1 == static_cast<int>(operands_[operand].bits.size())) continue;
      move(levels, operand, levels[operand] + 1, left);
      if (is_kept(left))
        raised = true;
      else
        move(levels, operand, levels[operand] - 1, left);
    }
  }
}

Choices PolicySpace::choices(const Levels& levels) const {
  Choices choices(network_.layers.size());
  for (const Group& group : groups_)
    for (const std::size_t layer : group.layers) choices[layer] = choice(group, levels);
  return choices;
}

Levels PolicySpace::levels(const Choices& choices) const {
  Levels levels(operands_.size());
  for (const Group& group : groups_) {
    const std::size_t layer = group.layers.front();
    const graph::Precision bits = network_.precisions[layer][choices[layer]];
    const auto set = [&](int operand, int width) {
      if (operand == kFixed) return;
      const auto place = static_cast<std::size_t>(operand);
      levels[place] = level_of(operands_[place].bits, width);
    };
    set(group.weights, bits.weight_bits);
    set(group.activations, bits.activation_bits);
  }
  return levels;
}

std::vector<double> PolicySpace::costs(const Levels& levels) const {
  return costs_of(network_, choices(levels));
}

}  // namespace bitloom::search
