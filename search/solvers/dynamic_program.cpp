#include "search/solvers/dynamic_program.h"

#include <algorithm>

#include "search/solvers/choice_program.h"

namespace bitloom::search {
namespace {

/// What the groups so far can reach.
struct KnapsackState {
  std::int64_t weight;
  double objective;
  std::uint32_t parent;  // among the states of the groups before
  std::uint32_t option;
};
using KnapsackStage = std::vector<KnapsackState>;

/// Keeps the states that no other is as light and as good as, by weight.
void keep_frontier(KnapsackStage& stage) {
  std::sort(stage.begin(), stage.end(), [](const KnapsackState& a, const KnapsackState& b) {
    return a.weight != b.weight ? a.weight < b.weight : a.objective < b.objective;
  });
  std::size_t kept = 0;
  for (const KnapsackState& state : stage)
    if (kept == 0 || state.objective < stage[kept - 1].objective) stage[kept++] = state;
  stage.resize(kept);
}

KnapsackStage next_stage(const KnapsackStage& before, const ChoiceProgram::Group& group,
                         std::int64_t limit) {
  KnapsackStage stage;
  for (std::uint32_t o = 0; o < group.options.size(); ++o)
    for (std::uint32_t s = 0; s < before.size(); ++s) {
      const std::int64_t weight = before[s].weight + group.options[o].weights[0];
      if (weight > limit) break;  // the states after are heavier
      stage.push_back({weight, before[s].objective + group.options[o].objective, s, o});
    }
  keep_frontier(stage);
  return stage;
}

}  // namespace

std::optional<Answer> solve_by_dynamic_program(const Problem& problem, const Limit& limit,
                                               std::size_t most_states) {
  const ChoiceProgram program = make_program(problem, {.limits = {limit}});
  const std::int64_t capacity = program.limits[0];
  std::vector<KnapsackStage> stages{{{0, 0, 0, 0}}};
  for (const ChoiceProgram::Group& group : program.groups) {
    if (stages.back().size() * group.options.size() > most_states) return std::nullopt;
    stages.push_back(next_stage(stages.back(), group, capacity));
  }
  if (capacity < 0 || stages.back().empty()) return Answer{std::nullopt, true};
  Picks picks(program.groups.size());
  std::size_t at = stages.back().size() - 1;  // the heaviest is the best
  for (std::size_t g = picks.size(); g-- > 0;) {
    picks[g] = stages[g + 1][at].option;
    at = stages[g + 1][at].parent;
  }
  const Choices choices = choices_of(program, picks);
  const double omega = omega_of(problem, choices);
  return Answer{Solution{choices, omega, costs_of(problem, choices), omega, true}, true};
}

}  // namespace bitloom::search
