#include "search/solvers/monotone.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "search/solvers/choice_program.h"

namespace bitloom::search {
namespace {

constexpr std::size_t kMostLimits = 5, kMostLevels = 16;
using Group = ChoiceProgram::Group;

/// A sequence that does not fall: how many groups are at each level.
struct SequenceLabel {
  double omega = 0;
  std::array<std::int64_t, kMostLimits> weights{};
  std::array<std::uint16_t, kMostLevels> counts{};
};
using SequenceLabels = std::vector<SequenceLabel>;

bool dominates(const SequenceLabel& a, const SequenceLabel& b) {
  return a.omega <= b.omega &&
         std::equal(a.weights.begin(), a.weights.end(), b.weights.begin(), std::less_equal<>());
}

/// SequenceLabels that no other dominates, by their weights.
SequenceLabels frontier_of(SequenceLabels labels, std::size_t limits) {
  std::sort(labels.begin(), labels.end(), [](const SequenceLabel& a, const SequenceLabel& b) {
    return a.weights != b.weights ? a.weights < b.weights : a.omega < b.omega;
  });
  SequenceLabels kept;
  for (const SequenceLabel& label : labels) {
    const bool is_dominated =
        limits < 2 ? !kept.empty() && kept.back().omega <= label.omega
                   : std::any_of(kept.rbegin(), kept.rend(), [&](const SequenceLabel& other) {
                       return dominates(other, label);
                     });
    if (!is_dominated) kept.push_back(label);
  }
  return kept;
}

/// `labels` with a group more, at `level`; those over a limit are left out.
void append_extended(const SequenceLabels& labels, const ChoiceProgram::Option& option, int level,
                     const std::vector<std::int64_t>& limits, SequenceLabels& extended) {
  for (SequenceLabel label : labels) {
    label.omega += option.objective;
    ++label.counts[static_cast<std::size_t>(level)];
    bool keeps = true;
    for (std::size_t k = 0; k < limits.size(); ++k) {
      label.weights[k] += option.weights[k];
      keeps = keeps && label.weights[k] <= limits[k];
    }
    if (keeps) extended.push_back(label);
  }
}

/// Groups that have a choice, ascending by the mean score of their layers; the others' levels.
struct Ordered {
  ChoiceProgram program;
  std::vector<std::size_t> free;  // indices of groups
};

Ordered ordered(const Problem& problem, const Order& order, const std::vector<Limit>& limits) {
  Ordered result{make_program(problem, {.limits = limits}), {}};
  std::vector<double> scores;
  for (const Group& group : result.program.groups) {
    double sum = 0;
    for (const std::size_t layer : group.layers) sum += order.scores[layer];
    scores.push_back(sum / static_cast<double>(group.layers.size()));
    if (group.options.size() > 1) result.free.push_back(scores.size() - 1);
  }
  std::stable_sort(result.free.begin(), result.free.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  return result;
}

FrontierPoint point_of(const Problem& problem, const Order& order, const Ordered& groups,
                       const SequenceLabel& label) {
  Picks picks(groups.program.groups.size(), 0);
  std::size_t level = 0;
  auto left = label.counts;
  for (const std::size_t g : groups.free) {
    while (left[level] == 0) ++level;
    --left[level];
    const Group& group = groups.program.groups[g];
    for (std::size_t o = 0; o < group.options.size(); ++o)
      if (order.levels[group.layers.front()][group.options[o].choice] == static_cast<int>(level))
        picks[g] = o;
  }
  const Choices choices = choices_of(groups.program, picks);
  return {choices, omega_of(problem, choices), costs_of(problem, choices)};
}

}  // namespace

std::vector<FrontierPoint> monotone_frontier(const Problem& problem, const Order& order,
                                             const std::vector<Limit>& limits) {
  ensure(limits.size() <= kMostLimits, "a frontier has at most five limits");
  const Ordered groups = ordered(problem, order, limits);
  const ChoiceProgram& program = groups.program;
  for (const std::int64_t limit : program.limits)
    if (limit < 0) return {};
  std::vector<SequenceLabels> up_to(
      kMostLevels, SequenceLabels{SequenceLabel{}});  // sequences that end at most there
  for (const std::size_t g : groups.free) {
    const Group& group = program.groups[g];
    SequenceLabels frontier;
    for (int level = 0; level < static_cast<int>(kMostLevels); ++level) {
      bool is_more = false;
      for (const ChoiceProgram::Option& option : group.options)
        if (order.levels[group.layers.front()][option.choice] == level) {
          append_extended(up_to[static_cast<std::size_t>(level)], option, level, program.limits,
                          frontier);
          is_more = true;
        }
      if (is_more) frontier = frontier_of(std::move(frontier), limits.size());
      up_to[static_cast<std::size_t>(level)] = frontier;
    }
  }
  std::vector<FrontierPoint> points;
  for (const SequenceLabel& label : up_to.back())
    points.push_back(point_of(problem, order, groups, label));
  return points;
}

std::int64_t count_of_non_decreasing_sequences(std::int64_t layers, std::int64_t widths) {
  // C(layers + widths - 1, layers), which the sum is (Vandermonde).
  const std::int64_t few = std::min(layers, widths - 1);
  __extension__ using Wide = unsigned __int128;
  Wide count = 1;
  for (std::int64_t i = 1; i <= few; ++i) {
    count = count * static_cast<Wide>(layers + widths - 1 - few + i) / static_cast<Wide>(i);
    if (count > static_cast<Wide>(std::numeric_limits<std::int64_t>::max()))
      return std::numeric_limits<std::int64_t>::max();
  }
  return static_cast<std::int64_t>(count);
}

}  // namespace bitloom::search
