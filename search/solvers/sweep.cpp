#include "search/solvers/sweep.h"

#include "base/error.h"

namespace bitloom::search {
namespace {

/// Of the policies whose layers have the omegas that those of `best` have, the least that one costs
/// within `limits`.
double least_cost_as_good(const Problem& problem, const Solution& best, std::size_t cost,
                          const std::vector<Limit>& limits, const SolveOptions& options) {
  Problem as_good = problem;
  for (std::size_t i = 0; i < best.choices.size(); ++i) {
    std::vector<Choice>& choices = as_good.layers[i].choices;
    const double omega = choices[best.choices[i]].omega;
    for (Choice& choice : choices) choice.allowed = choice.allowed && choice.omega == omega;
  }
  const Answer answer = solve(as_good, {.minimize_cost = cost, .limits = limits}, options);
  return answer.solution ? answer.solution->costs[cost] : best.costs[cost];
}

}  // namespace

EndsAnswer ends_of_all(const Problem& problem, const std::vector<Limit>& limits,
                       const std::function<SolveOptions()>& each) {
  const std::size_t cost = limits.front().cost;
  const std::vector<Limit> others(limits.begin() + 1, limits.end());
  const Answer cheapest = solve(problem, {.minimize_cost = cost, .limits = others}, each());
  const Answer best = solve(problem, {.limits = others}, each());
  if (!cheapest.solution || !best.solution)
    return {std::nullopt, cheapest.finished && best.finished};
  const double of_best = least_cost_as_good(problem, *best.solution, cost, others, each());
  return {CostEnds{cheapest.solution->costs[cost], of_best}, true};
}

Sweep sweep(std::vector<Limit> limits, std::size_t points, const Solver& solver,
            const FindEnds& find_ends, const std::function<void(std::size_t)>& progress,
            const std::function<SolveOptions()>& each) {
  ensure(!limits.empty() && points >= 2, "a sweep has a limit and two points");
  const auto [ends, finished] = find_ends(limits, each);
  Sweep frontier{
      .points = {}, .unanswered = {}, .has_ends = ends.has_value(), .finished = finished};
  if (!ends) return frontier;
  const auto [from, to] = *ends;
  for (std::size_t i = 0; i < points; ++i) {
    limits.front().value =
        from + (to - from) * static_cast<double>(i) / static_cast<double>(points - 1);
    const Answer answer = solver(limits, each());
    const std::vector<SweepPoint>& before = frontier.points;
    if (!answer.solution)
      frontier.unanswered.push_back(limits.front().value);
    else if (before.empty() || answer.solution->omega < before.back().solution.omega)
      frontier.points.push_back({limits.front().value, *answer.solution});
    if (progress) progress(i + 1);
  }
  return frontier;
}

}  // namespace bitloom::search
