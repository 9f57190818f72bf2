#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/policy_search.h"
#include "pipelines/solving.h"
#include "search/problem/problem_file.h"

namespace bitloom::pipelines {
namespace {

search::Solution solution_of(const ProblemSearchOptions& options, const search::Problem& problem,
                             const search::Budget& budget, const Host& host) {
  const search::Query query{.limits = budget.limits};
  Step step(host, "search");
  const search::SolveOptions solving = telling(options.seconds, step);
  const search::Answer answer = search::solve(problem, query, solving);
  if (answer.solution) return *answer.solution;
  throw UserError(fmt::format("{}: budget '{}': {}", options.problem, budget.name,
                              search::no_solution_text(problem, query, answer, solving)));
}

}  // namespace

SolvedProblem solve_problem(const ProblemSearchOptions& options, const Host& host) {
  SolvedProblem solved{search::read_problem(options.problem), {}};
  const search::Problem& problem = solved.problem;
  for (const search::Budget& budget : problem.budgets) {
    solved.solutions.push_back({budget.name, solution_of(options, problem, budget, host)});
    if (!options.points || budget.limits.empty()) continue;
    const auto points = frontier(
        problem, budget.limits, *options.points, options.seconds, "frontier of " + budget.name,
        host, [&](const std::vector<search::Limit>& limits) {
          return search::solve(problem, {.limits = limits}, search::ending_in(options.seconds));
        });
    for (const search::SweepPoint& point : points)
      solved.solutions.push_back({budget.name, point.solution, point.limit});
  }
  return solved;
}

}  // namespace bitloom::pipelines
