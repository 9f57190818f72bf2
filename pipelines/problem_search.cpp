#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/policy_search.h"
#include "pipelines/solving.h"
#include "search/problem/problem_file.h"

namespace bitloom::pipelines {
namespace {

void require_solution(const ProblemSearchOptions& options, const SolvedProblem& solved) {
  if (!solved.solutions.empty()) return;
  std::string reasons;
  for (const auto& [budget, reason] : solved.unsolved)
    reasons += fmt::format("{} budget '{}': {}", reasons.empty() ? ":" : ";", budget, reason);
  throw UserError(options.problem + reasons);
}

}  // namespace

bool solve_budget(const std::string& budget, const search::Query& query,
                  std::optional<double> seconds, const Host& host, SolvedProblem& solved) {
  Step step(host, "search");
  const search::SolveOptions solving = telling(seconds, step);
  const search::Answer answer = search::solve(solved.problem, query, solving);
  if (answer.solution)
    solved.solutions.push_back({budget, *answer.solution});
  else
    solved.unsolved.push_back(
        {budget, search::no_solution_text(solved.problem, query, answer, solving)});
  return answer.solution.has_value();
}

void sweep_budget(const search::Budget& budget, std::size_t points, std::optional<double> seconds,
                  const std::string& step, const Host& host, SolvedProblem& solved) {
  const search::Problem& problem = solved.problem;
  const auto found = frontier(
      problem.cost_names[budget.limits.front().cost], budget.limits, points, seconds, step, host,
      [&](const std::vector<search::Limit>& limits, const search::SolveOptions& solving) {
        return search::solve(problem, {.limits = limits}, solving);
      },
      [&](const std::vector<search::Limit>& limits, const auto& each) {
        return search::ends_of_all(problem, limits, each);
      });
  for (const search::SweepPoint& point : found)
    solved.solutions.push_back({budget.name, point.solution, point.limit});
}

SolvedProblem solve_problem(const ProblemSearchOptions& options, const Host& host) {
  SolvedProblem solved{search::read_problem(options.problem), {}, {}};
  for (const search::Budget& budget : solved.problem.budgets) {
    const search::Query query{.limits = budget.limits};
    const bool is_solved = solve_budget(budget.name, query, options.seconds, host, solved);
    if (is_solved && options.points && !budget.limits.empty())
      sweep_budget(budget, *options.points, options.seconds, "frontier of " + budget.name, host,
                   solved);
  }
  require_solution(options, solved);
  return solved;
}

}  // namespace bitloom::pipelines
