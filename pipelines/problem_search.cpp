#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/policy_search.h"
#include "pipelines/solving.h"
#include "search/problem/problem_file.h"

namespace bitloom::pipelines {
namespace {

/// Adds the solution, or why there is none. Whether there is one.
bool solve_budget(const ProblemSearchOptions& options, const search::Budget& budget,
                  const Host& host, SolvedProblem& solved) {
  const search::Query query{.limits = budget.limits};
  Step step(host, "search");
  const search::SolveOptions solving = telling(options.seconds, step);
  const search::Answer answer = search::solve(solved.problem, query, solving);
  if (answer.solution)
    solved.solutions.push_back({budget.name, *answer.solution});
  else
    solved.unsolved.push_back(
        {budget.name, search::no_solution_text(solved.problem, query, answer, solving)});
  return answer.solution.has_value();
}

void require_solution(const ProblemSearchOptions& options, const SolvedProblem& solved) {
  if (!solved.solutions.empty()) return;
  std::string reasons;
  for (const auto& [budget, reason] : solved.unsolved)
    reasons += fmt::format("{} budget '{}': {}", reasons.empty() ? ":" : ";", budget, reason);
  throw UserError(options.problem + reasons);
}

}  // namespace

SolvedProblem solve_problem(const ProblemSearchOptions& options, const Host& host) {
  SolvedProblem solved{search::read_problem(options.problem), {}, {}};
  const search::Problem& problem = solved.problem;
  for (const search::Budget& budget : problem.budgets) {
    const bool is_solved = solve_budget(options, budget, host, solved);
    if (!is_solved || !options.points || budget.limits.empty()) continue;
    const auto points = frontier(
        problem, budget.limits, *options.points, options.seconds, "frontier of " + budget.name,
        host, [&](const std::vector<search::Limit>& limits, const search::SolveOptions& solving) {
          return search::solve(problem, {.limits = limits}, solving);
        });
    for (const search::SweepPoint& point : points)
      solved.solutions.push_back({budget.name, point.solution, point.limit});
  }
  require_solution(options, solved);
  return solved;
}

}  // namespace bitloom::pipelines
