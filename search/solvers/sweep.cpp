#include "search/solvers/sweep.h"

#include "base/error.h"

namespace bitloom::search {

Sweep sweep(const Problem& problem, std::vector<Limit> limits, std::size_t points,
            const Solver& solver, const std::function<void(std::size_t)>& progress,
            const std::function<SolveOptions()>& each) {
  ensure(!limits.empty() && points >= 2, "a sweep has a limit and two points");
  const std::size_t cost = limits.front().cost;
  const std::vector<Limit> others(limits.begin() + 1, limits.end());
  const Answer cheapest = solve(problem, {.minimize_cost = cost, .limits = others}, each());
  const Answer best = solve(problem, {.limits = others}, each());
  Sweep frontier;
  frontier.has_ends = cheapest.solution && best.solution;
  if (!frontier.has_ends) return frontier;
  const double from = cheapest.solution->costs[cost], to = best.solution->costs[cost];
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
