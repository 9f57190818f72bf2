#include "search/policy/methods.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "search/policy/as_a_whole.h"
#include "search/policy/hawq.h"

namespace bitloom::search {
namespace {

/// Policies that a method looks at and that keep limits.
using Policies = std::vector<FrontierPoint>;

Policies hawq_within(const NetworkProblem& network, const std::vector<Limit>& limits) {
  Policies within = hawq_policies(network);
  if (network.whole) {
    std::erase_if(within,
                  [&](const FrontierPoint& policy) { return !keeps(policy.costs, limits); });
    return within;
  }
  const ChoiceProgram program = make_program(network.problem, {.limits = limits});
  std::erase_if(within, [&](const FrontierPoint& policy) {
    return !fits(program, picks_of(program, policy.choices));
  });
  return within;
}

Answer solve_hawq(const NetworkProblem& network, const std::vector<Limit>& limits,
                  const SolveOptions& options) {
  const Policies within = hawq_within(network, limits);
  if (within.empty()) return {std::nullopt, true};
  const FrontierPoint& found = within.front();
  const Answer best = solve(network, {.limits = limits}, options);
  const double bound =
      best.solution ? best.solution->bound : solve(network.problem, {}).solution->bound;
  return {Solution{found.choices, found.omega, found.costs, bound, found.omega <= bound,
                   relative_gap(found.omega, bound)},
          true};
}

/// By sums over layers.
Policies v2_frontier(const NetworkProblem& network, const std::vector<Limit>& limits) {
  const HawqV2Space space = hawq_v2_space(network);
  return monotone_frontier(space.problem, space.order, limits);
}

Answer best_of_v2(const NetworkProblem& network, const std::vector<Limit>& limits) {
  const Policies frontier = v2_frontier(network, limits);
  const auto best = std::min_element(
      frontier.begin(), frontier.end(),
      [](const FrontierPoint& a, const FrontierPoint& b) { return a.omega < b.omega; });
  if (best == frontier.end()) return {std::nullopt, true};
  return {Solution{best->choices, best->omega, best->costs, best->omega, true}, true};
}

Answer solve_hawq_v2(const NetworkProblem& network, const std::vector<Limit>& limits,
                     const SolveOptions& options) {
  if (!network.whole) return best_of_v2(network, limits);
  Answer answer = solve_by_sums(network, {}, limits, options,
                                [&](const std::vector<Limit>& of_sums, const SolveOptions&) {
                                  return best_of_v2(network, of_sums);
                                });
  if (!answer.solution) return answer;
  Solution& found = *answer.solution;
  found.bound = std::min(found.omega, best_of_v2(network, {}).solution.value().omega);
  found.gap = relative_gap(found.omega, found.bound);
  found.proved_optimal = found.gap == 0;
  return answer;
}

/// What is left of the frontier within limits as a whole.
Policies v2_within(const NetworkProblem& network, const std::vector<Limit>& limits) {
  Policies within = v2_frontier(network, limits);
  for (FrontierPoint& point : within) point.costs = costs_of(network, point.choices);
  if (network.whole)
    std::erase_if(within, [&](const FrontierPoint& point) { return !keeps(point.costs, limits); });
  return within;
}

Answer solve_hawq_v3(const NetworkProblem& network, const std::vector<Limit>& limits,
                     const SolveOptions& options) {
  return solve(network, {.limits = limits}, options);
}

std::vector<NearestLimit> nearest_of_all(const NetworkProblem& network,
                                         const std::vector<Limit>& limits,
                                         const SolveOptions& options) {
  return nearest_limits(network, {.limits = limits}, options);
}

/// The least of a cost that policies come to.
std::optional<double> least_of(const Policies& found, std::size_t cost) {
  std::optional<double> least;
  for (const FrontierPoint& point : found)
    least = std::min(least.value_or(point.costs[cost]), point.costs[cost]);
  return least;
}

template <Policies (*kWithin)(const NetworkProblem&, const std::vector<Limit>&)>
std::vector<NearestLimit> nearest_within(const NetworkProblem& network,
                                         const std::vector<Limit>& limits, const SolveOptions&) {
  constexpr double kNone = std::numeric_limits<double>::max();
  std::vector<NearestLimit> nearest;
  for (std::size_t k = 0; k < limits.size(); ++k) {
    std::vector<Limit> others = limits;
    others[k].value = kNone;
    const std::size_t cost = limits[k].cost;
    nearest.push_back({network.problem.cost_names[cost],
                       limits[k].value,
                       *least_of(kWithin(network, {{cost, kNone}}), cost),
                       {.value = least_of(kWithin(network, others), cost)}});
  }
  return nearest;
}

EndsAnswer exact_ends(const NetworkProblem& network, const std::vector<Limit>& limits,
                      const std::function<SolveOptions()>& each) {
  return ends_of_all(network, limits, each);
}

template <Policies (*kWithin)(const NetworkProblem&, const std::vector<Limit>&),
          Answer (*kSolve)(const NetworkProblem&, const std::vector<Limit>&, const SolveOptions&)>
EndsAnswer ends_within(const NetworkProblem& network, const std::vector<Limit>& limits,
                       const std::function<SolveOptions()>& each) {
  std::vector<Limit> others = limits;
  others.front().value = std::numeric_limits<double>::max();
  const std::size_t cost = limits.front().cost;
  const auto least = least_of(kWithin(network, others), cost);
  if (!least) return {std::nullopt, true};
  return {CostEnds{*least, kSolve(network, others, each()).solution.value().costs[cost]}, true};
}

}  // namespace

const std::vector<Method>& methods() {
  static const std::vector<Method> table{
      {"hawq", "bits along HAWQ's ranking, eigenvalue / weights, as many as the budgets allow",
       solve_hawq, nearest_within<hawq_within>, ends_within<hawq_within, solve_hawq>},
      {"hawq-v2", "HAWQ-V2: least omega of the policies whose bits do not fall along the trace",
       solve_hawq_v2, nearest_within<v2_within>, ends_within<v2_within, solve_hawq_v2>},
      {"hawq-v3", "HAWQ-V3: least omega of all policies, an integer program solved to proof",
       solve_hawq_v3, nearest_of_all, exact_ends},
      {"kernel-wise",
       "bits of each filter (AutoQ's space): least omega, an integer program solved to proof",
       solve_hawq_v3, nearest_of_all, exact_ends, true},
  };
  return table;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Method& method : methods()) names.emplace_back(method.name);
  return names;
}

const Method& find_method(std::string_view name) {
  for (const Method& method : methods())
    if (method.name == name) return method;
  throw unknown_name("method", name, method_names());
}

Solution find_policy(const Method& method, const NetworkProblem& network,
                     const std::vector<Limit>& limits, const SolveOptions& options) {
  const Answer answer = method.solve(network, limits, options);
  if (answer.solution) return *answer.solution;
  if (!answer.finished) throw UserError(kEndedEarly);
  std::string text = infeasible_text(method.nearest(network, limits, options));
  if (method.solve != solve_hawq_v3 && solve_hawq_v3(network, limits, options).solution)
    text += fmt::format(" (of the policies that {} looks at; hawq-v3 finds one)", method.name);
  throw UserError(text);
}

}  // namespace bitloom::search
