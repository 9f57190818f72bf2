#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/policy_costs.h"
#include "pipelines/search_space.h"
#include "reports/policy_search.h"
#include "reports/solutions.h"

/// Searches by sensitivities, which need no network to run.
namespace bitloom::pipelines {

/// The least of a cost at no more than an omega.
struct LeastCost {
  std::size_t cost;  // of search::cost_kinds()
  double max_omega;
};

struct PolicySearchOptions {
  std::string method = "hawq-v3";  // of search::methods()
  SearchSpace space;
  std::string sensitivity;  // a file
  std::optional<LeastCost> minimize = {};
  std::optional<std::size_t> points = {};  // of a frontier, that `folder` gets
  std::optional<std::string> folder = {};  // the run's
  std::optional<double> seconds = {};      // for each solution, then the best so far
};

struct FoundPolicy {
  std::unique_ptr<const PricedNetwork> priced;  // `search` points into it
  reports::PolicySearch search;
  std::vector<search::SweepPoint> frontier;
  std::vector<std::optional<sim::EnergyRange>> frontier_energies;  // by point
};

/// The policy of least omega within the budgets, or of least cost. A UserError where options do not
/// go together, and where no policy keeps the budgets: it names the nearest that could be kept. A
/// first budget that is swept and that no policy keeps is skipped with a warning: the policy is
/// then the first of the frontier. The run's folder gets policy.json, search.json, simulation.json,
/// sensitivity.json, problem.json and the frontier.
FoundPolicy search_policy(const PolicySearchOptions& options, const Host& host = {});

struct ProblemSearchOptions {
  std::string problem;                     // a file: search::read_problem()
  std::optional<std::size_t> points = {};  // of each budget's frontier
  std::optional<double> seconds = {};
};

struct SolvedProblem {
  search::Problem problem;
  std::vector<reports::NamedSolution> solutions;
  std::vector<reports::UnsolvedBudget> unsolved;
};

/// Solves each budget of a file, and sweeps its first limit where points are asked for. A UserError
/// where no budget has a solution says why of each.
SolvedProblem solve_problem(const ProblemSearchOptions& options, const Host& host = {});

/// Adds the best policy that `query` asks of the problem, under the budget's name, or why there is
/// none. Whether there is one.
bool solve_budget(const std::string& budget, const search::Query& query,
                  std::optional<double> seconds, const Host& host, SolvedProblem& solved);
/// Adds the policies that the budget's first limit gives at so many values, the others held. `step`
/// is what progress calls it.
void sweep_budget(const search::Budget& budget, std::size_t points, std::optional<double> seconds,
                  const std::string& step, const Host& host, SolvedProblem& solved);

}  // namespace bitloom::pipelines
