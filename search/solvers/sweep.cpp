#include "search/solvers/sweep.h"

#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"

namespace bitloom::search {
namespace {

/// Of the policies that are as good as `best`, the least that one costs within `limits`.
double least_cost_as_good(const Problem& problem, const Solution& best, std::size_t cost,
                          const std::vector<Limit>& limits, const SolveOptions& options) {
  const Answer answer = solve(only_as_good(problem, best.choices),
                              {.minimize_cost = cost, .limits = limits}, options);
  return answer.solution ? answer.solution->costs[cost] : best.costs[cost];
}

/// What was found at each limit.
using Asked = std::map<double, std::optional<Solution>>;

/// Each policy once, of the least limit that gave it.
std::vector<SweepPoint> points_of(const Asked& asked) {
  std::vector<SweepPoint> points;
  for (const auto& [limit, solution] : asked)
    if (solution && (points.empty() || solution->omega < points.back().solution.omega))
      points.push_back({limit, *solution});
  return points;
}

/// How many limits have been answered by different policies, or not at all.
std::size_t told_apart(const Asked& asked) {
  std::size_t count = 0;
  double omega = std::numeric_limits<double>::infinity();
  for (const auto& [limit, solution] : asked) {
    if (solution && solution->omega >= omega) continue;
    ++count;
    if (solution) omega = solution->omega;
  }
  return count;
}

/// The middle of the gap where most may be found: of the widest step in the root of omega times the
/// ratio of its costs. A gap is from a limit to the cost of the policy of the next one; where the
/// upper has the policy of the lower, its step lies above. Roots are between even steps of omega,
/// which would leave the dear end out, and even ratios, which would leave nothing else. None where
/// there are no gaps.
std::optional<double> next_limit(const Asked& asked, std::size_t cost) {
  constexpr double kClosed = 1e-9;  // of the cost
  std::optional<double> next;
  double most = 0, from = 0, omega = std::numeric_limits<double>::infinity();
  bool is_first = true;
  for (const auto& [limit, solution] : asked) {
    if (solution && solution->omega < omega) {
      const double to = solution->costs[cost];
      const double width = from > 0 ? std::log(to / from) : (to - from) / to;
      const double worth = (std::sqrt(omega) - std::sqrt(solution->omega)) * width;
      if (!is_first && to > from * (1 + kClosed) && worth > most) {
        most = worth;
        next = from > 0 ? std::sqrt(from * to) : (from + to) / 2;
      }
      omega = solution->omega;
    }
    from = limit;
    is_first = false;
  }
  if (next && asked.contains(*next)) return std::nullopt;  // as near as numbers are
  return next;
}

}  // namespace

Problem only_as_good(Problem problem, const Choices& chosen) {
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::vector<Choice>& choices = problem.layers[i].choices;
    const double omega = choices[chosen[i]].omega;
    for (Choice& choice : choices) choice.allowed = choice.allowed && choice.omega == omega;
  }
  return problem;
}

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
  constexpr std::size_t kMostAsked = 2;  // limits a point: some have the policy of another
  ensure(!limits.empty() && points >= 2, "a sweep has a limit and two points");
  const auto [ends, finished] = find_ends(limits, each);
  Sweep frontier{
      .points = {}, .unanswered = {}, .has_ends = ends.has_value(), .finished = finished};
  if (!ends) return frontier;
  Asked asked;
  const auto ask = [&](double limit) {
    limits.front().value = limit;
    asked[limit] = solver(limits, each()).solution;
    if (progress) progress(told_apart(asked));
  };
  ask(ends->least);
  if (ends->of_best > ends->least) ask(ends->of_best);
  while (told_apart(asked) < points && asked.size() < kMostAsked * points) {
    const std::optional<double> next = next_limit(asked, limits.front().cost);
    if (!next) break;
    ask(*next);
  }
  frontier.points = points_of(asked);
  for (const auto& [limit, solution] : asked)
    if (!solution) frontier.unanswered.push_back(limit);
  return frontier;
}

}  // namespace bitloom::search
