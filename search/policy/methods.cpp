#include "search/policy/methods.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "search/policy/hawq.h"

namespace bitloom::search {
namespace {

Answer solve_hawq(const NetworkProblem& network, const std::vector<Limit>& limits,
                  const SolveOptions& options) {
  const std::optional<FrontierPoint> found = hawq_policy(network, limits);
  if (!found) return {std::nullopt, true};
  const Answer best = solve(network.problem, {.limits = limits}, options);
  const double bound =
      best.solution ? best.solution->bound : -std::numeric_limits<double>::infinity();
  return {Solution{found->choices, found->omega, found->costs, bound, found->omega <= bound}, true};
}

std::vector<FrontierPoint> v2_frontier(const NetworkProblem& network,
                                       const std::vector<Limit>& limits) {
  const HawqV2Space space = hawq_v2_space(network);
  return monotone_frontier(space.problem, space.order, limits);
}

Answer solve_hawq_v2(const NetworkProblem& network, const std::vector<Limit>& limits,
                     const SolveOptions&) {
  const std::vector<FrontierPoint> frontier = v2_frontier(network, limits);
  const auto best = std::min_element(
      frontier.begin(), frontier.end(),
      [](const FrontierPoint& a, const FrontierPoint& b) { return a.omega < b.omega; });
  if (best == frontier.end()) return {std::nullopt, true};
  return {Solution{best->choices, best->omega, best->costs, best->omega, true}, true};
}

Answer solve_hawq_v3(const NetworkProblem& network, const std::vector<Limit>& limits,
                     const SolveOptions& options) {
  return solve(network.problem, {.limits = limits}, options);
}

std::vector<NearestLimit> nearest_of_all(const NetworkProblem& network,
                                         const std::vector<Limit>& limits,
                                         const SolveOptions& options) {
  return nearest_limits(network.problem, {.limits = limits}, options);
}

/// The least of a cost that the policies which `found` has within limits come to.
std::optional<double> least_of(const std::vector<FrontierPoint>& found, std::size_t cost) {
  std::optional<double> least;
  for (const FrontierPoint& point : found)
    least = std::min(least.value_or(point.costs[cost]), point.costs[cost]);
  return least;
}

std::vector<NearestLimit> nearest_v2(const NetworkProblem& network,
                                     const std::vector<Limit>& limits, const SolveOptions&) {
  constexpr double kNone = std::numeric_limits<double>::max();
  std::vector<NearestLimit> nearest;
  for (std::size_t k = 0; k < limits.size(); ++k) {
    std::vector<Limit> others = limits;
    others[k].value = kNone;
    const std::size_t cost = limits[k].cost;
    nearest.push_back({network.problem.cost_names[cost],
                       limits[k].value,
                       *least_of(v2_frontier(network, {{cost, kNone}}), cost),
                       {.value = least_of(v2_frontier(network, others), cost)}});
  }
  return nearest;
}

}  // namespace

const std::vector<Method>& methods() {
  static const std::vector<Method> table{
      {"hawq", "bits along HAWQ's ranking, eigenvalue / weights, as many as the budgets allow",
       solve_hawq, nearest_of_all},
      {"hawq-v2", "HAWQ-V2: least omega of the policies whose bits do not fall along the trace",
       solve_hawq_v2, nearest_v2},
      {"hawq-v3", "HAWQ-V3: least omega of all policies, an integer program solved to proof",
       solve_hawq_v3, nearest_of_all},
  };
  return table;
}

const Method& find_method(std::string_view name) {
  std::vector<std::string> known;
  for (const Method& method : methods()) {
    if (method.name == name) return method;
    known.emplace_back(method.name);
  }
  throw unknown_name("method", name, known);
}

}  // namespace bitloom::search
