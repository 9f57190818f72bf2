#pragma once

#include "search/problem/network_problem.h"
#include "search/solvers/exact.h"
#include "search/solvers/sweep.h"

/// Exact solving of networks. Where policies cost something else as a whole than their layers'
/// prices say (NetworkProblem::whole), limits and costs are as a whole: a program of sums is solved
/// again and again with limits that are moved by as much as it was off, and its solution made
/// better by single exchanges. The least that each choice may cost as a whole gives the bound, so
/// that the solution is proved to be optimal only where it reaches that.
namespace bitloom::search {

/// Whether limits hold, but for the rounding of sums.
bool keeps(const std::vector<double>& costs, const std::vector<Limit>& limits);

Answer solve(const NetworkProblem& network, const Query& query, const SolveOptions& options = {});

/// Where there is network.whole: the best that `by_sums`, a solver of sums over layers, comes to
/// when its limits are moved so that they are kept as a whole: each by the factor by which its sum
/// was off, again and again. `minimize_cost`, otherwise omega, tells which is best. It has no bound
/// of its own: its solution's is that of the sums.
Answer solve_by_sums(const NetworkProblem& network, std::optional<std::size_t> minimize_cost,
                     const std::vector<Limit>& limits, const SolveOptions& options,
                     const Solver& by_sums);

/// As no_solution_text() of a problem.
std::string no_solution_text(const NetworkProblem& network, const Query& query,
                             const Answer& answer, const SolveOptions& options = {});
std::vector<NearestLimit> nearest_limits(const NetworkProblem& network, const Query& query,
                                         const SolveOptions& options = {});
EndsAnswer ends_of_all(const NetworkProblem& network, const std::vector<Limit>& limits,
                       const std::function<SolveOptions()>& each);

}  // namespace bitloom::search
