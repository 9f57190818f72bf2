#include "search/solvers/exact.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::search {
namespace {

using Group = ChoiceProgram::Group;

/// The least sum with weights paid for at `prices` and the limits given back: no solution is better
/// (Lagrange), up to rounding, which is taken off.
double lagrange_bound(const ChoiceProgram& program, const std::vector<double>& prices) {
  constexpr double kRounding = 1e-15;
  double bound = 0, sum = 0;
  const auto add = [&](double value) {
    bound += value;
    sum += std::abs(value);
  };
  for (const Group& group : program.groups) {
    const std::vector<double> costs = priced(group, prices);
    add(*std::min_element(costs.begin(), costs.end()));
  }
  for (std::size_t k = 0; k < prices.size(); ++k)
    add(-prices[k] * static_cast<double>(program.limits[k]));
  return bound - kRounding * sum;
}

/// Makes single picks better while that fits.
void improve(const ChoiceProgram& program, Picks& picks) {
  for (bool improved = true; improved;) {
    improved = false;
    for (std::size_t g = 0; g < picks.size(); ++g)
      for (std::size_t o = 0; o < program.groups[g].options.size(); ++o) {
        const std::size_t before = picks[g];
        if (program.groups[g].options[o].objective >= program.groups[g].options[before].objective)
          continue;
        picks[g] = o;
        if (fits(program, picks))
          improved = true;
        else
          picks[g] = before;
      }
  }
}

/// The relaxation rounded: where it has parts of several options, the one of them that is lightest
/// for its heaviest limit. None where that does not fit.
std::optional<Picks> rounded(const ChoiceProgram& program, const Relaxation& relaxation) {
  constexpr double kPart = 1e-9;
  Picks picks;
  for (std::size_t g = 0; g < program.groups.size(); ++g) {
    const auto load = [&](std::size_t o) {
      double most = 0;
      for (std::size_t k = 0; k < program.limits.size(); ++k)
        most = std::max(most, static_cast<double>(program.groups[g].options[o].weights[k]) /
                                  static_cast<double>(program.limits[k] + 1));
      return most;
    };
    std::optional<std::size_t> pick;
    for (std::size_t o = 0; o < relaxation.shares[g].size(); ++o)
      if (relaxation.shares[g][o] > kPart && (!pick || load(o) < load(*pick))) pick = o;
    picks.push_back(pick.value_or(0));
  }
  if (!fits(program, picks)) return std::nullopt;
  improve(program, picks);
  return picks;
}

/// Takes options away that cost more than `gap` above the cheapest of their group, weights paid
/// for: no solution that is less than `gap` above the bound has them. Tells where `picks`, which
/// stay, are then.
void remove_beyond(double gap, ChoiceProgram& program, const std::vector<double>& prices,
                   Picks& picks) {
  for (std::size_t g = 0; g < program.groups.size(); ++g) {
    const std::vector<double> costs = priced(program.groups[g], prices);
    const double least = *std::min_element(costs.begin(), costs.end());
    std::vector<ChoiceProgram::Option> kept;
    std::size_t pick = 0;
    for (std::size_t o = 0; o < costs.size(); ++o) {
      if (o == picks[g]) pick = kept.size();
      if (o == picks[g] || costs[o] - least <= gap) kept.push_back(program.groups[g].options[o]);
    }
    program.groups[g].options = std::move(kept);
    picks[g] = pick;
  }
}

/// The best solution among the few options whose cost is nearest to the cheapest, which is near the
/// best of all (the core of Balas and Zemel 1980); at worst `start`.
Picks best_of_core(const Picks& start, double gap, const ChoiceProgram& program,
                   const std::vector<double>& prices, const SolveOptions& options) {
  constexpr double kPartOfGap = 0.03;
  ChoiceProgram core = program;
  Picks picks = start;
  remove_beyond(kPartOfGap * gap, core, prices, picks);
  const BranchAndBound found = branch_and_bound(core, prices, picks, options);
  return picks_of(program, choices_of(core, *found.picks));
}

/// Half the time that is left; nobody hears of the bound, which would be of the core alone.
SolveOptions half_of(const SolveOptions& options) {
  if (!options.deadline) return {};
  const auto now = SolveOptions::Clock::now();
  return {.deadline = now + (*options.deadline - now) / 2};
}

/// Branch and bound from `start` on, on the options that a better solution could have.
BranchAndBound solve_from(Picks start, ChoiceProgram& program, const std::vector<double>& prices,
                          const SolveOptions& options) {
  constexpr double kRounding = 1e-14;
  const double bound = lagrange_bound(program, prices);
  start =
      best_of_core(start, objective_of(program, start) - bound, program, prices, half_of(options));
  const double objective = objective_of(program, start);
  if (objective - bound <= kRounding * std::abs(objective)) return {start, objective, true};
  remove_beyond(objective - bound, program, prices, start);
  return branch_and_bound(program, prices, start, options);
}

BranchAndBound solve_program(ChoiceProgram& program, const SolveOptions& options) {
  const BranchAndBound infeasible{std::nullopt, std::numeric_limits<double>::infinity(), true};
  for (const std::int64_t limit : program.limits)
    if (limit < 0) return infeasible;
  remove_dominated(program);
  for (const Group& group : program.groups)
    if (group.options.empty()) return infeasible;
  const Relaxation relaxation = relax(program);
  if (!relaxation.feasible) return infeasible;
  if (const auto start = rounded(program, relaxation))
    return solve_from(*start, program, relaxation.prices, options);
  const BranchAndBound found = branch_and_bound(program, relaxation.prices, std::nullopt, options);
  if (!found.picks || !found.finished) return found;
  return solve_from(*found.picks, program, relaxation.prices, options);  // with finer tolerances
}

Solution solution_of(const Problem& problem, const Query& query, const Choices& choices,
                     const BranchAndBound& found) {
  Solution solution{choices, omega_of(problem, choices), costs_of(problem, choices), found.bound,
                    found.finished};
  if (found.finished)
    solution.bound = query.minimize_cost ? solution.costs[*query.minimize_cost] : solution.omega;
  return solution;
}

}  // namespace

Answer solve(const Problem& problem, const Query& query, const SolveOptions& options) {
  ChoiceProgram program = make_program(problem, query);
  const BranchAndBound found = solve_program(program, options);
  if (!found.picks) return {std::nullopt, found.finished};
  ensure(fits(program, *found.picks), "a solution keeps the limits");
  return {solution_of(problem, query, choices_of(program, *found.picks), found), found.finished};
}

std::vector<NearestLimit> nearest_limits(const Problem& problem, const Query& query,
                                         const SolveOptions& options) {
  std::vector<NearestLimit> nearest;
  const auto least = [&](const Query& within, std::optional<std::size_t> cost) {
    const Answer answer = solve(problem, within, options);
    LeastKept found{.proved = answer.finished};
    if (answer.solution)
      found.value = cost ? answer.solution->costs[*cost] : answer.solution->omega;
    return found;
  };
  const auto add = [&](const std::string& name, double asked, const Query& others,
                       std::optional<std::size_t> cost) {
    const Query alone{.minimize_cost = cost};
    nearest.push_back({name, asked, *least(alone, cost).value, least(others, cost)});
  };
  for (std::size_t k = 0; k < query.limits.size(); ++k) {
    Query others = query;
    others.minimize_cost = query.limits[k].cost;
    others.limits.erase(others.limits.begin() + static_cast<std::ptrdiff_t>(k));
    add(problem.cost_names[query.limits[k].cost], query.limits[k].value, others,
        query.limits[k].cost);
  }
  if (query.max_omega) {
    Query others = query;
    others.minimize_cost.reset();
    others.max_omega.reset();
    add("omega", *query.max_omega, others, std::nullopt);
  }
  return nearest;
}

std::string infeasible_text(const std::vector<NearestLimit>& nearest) {
  std::string text = "no policy keeps ";
  for (std::size_t i = 0; i < nearest.size(); ++i)
    text += fmt::format("{}{} {:.6g}", i == 0 ? "" : " and ", nearest[i].name, nearest[i].asked);
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    const NearestLimit& limit = nearest[i];
    text += fmt::format("{} the least {} is {:.9g}", i == 0 ? ":" : ";", limit.name, limit.least);
    if (nearest.size() == 1) continue;
    const LeastKept& together = limit.least_together;
    if (together.value)
      text += fmt::format(", or {}{:.9g} within the other limits",
                          together.proved ? "" : "at most ", *together.value);
    else
      text += together.proved ? ", but not within the other limits"
                              : ", and time ran out for the least within the other limits";
  }
  return text;
}

std::string no_solution_text(const Problem& problem, const Query& query, const Answer& answer,
                             const SolveOptions& options) {
  if (!answer.finished) return "time ran out before a policy within the limits was found";
  return infeasible_text(nearest_limits(problem, query, options));
}

}  // namespace bitloom::search
