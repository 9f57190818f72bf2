#include "search/solvers/exact.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cost_names.h"
#include "base/error.h"
#include "base/numbers.h"
#include "search/solvers/label_search.h"
#include "search/solvers/price_bounds.h"
#include "search/solvers/relaxation.h"

namespace bitloom::search {
namespace {

using Group = ChoiceProgram::Group;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

/// Of limits: those of the relaxation, else 0, which bound, too.
std::vector<double> prices_of(const ChoiceProgram& program,
                              const std::optional<Relaxation>& relaxation) {
  if (relaxation && relaxation->feasible) return relaxation->prices;
  return std::vector<double>(program.limits.size());
}

/// Picks that keep all limits, found one limit after the other: what the next one weighs is made
/// least while those before it hold. No picks: there are none where it finished. `bound` is told.
LabelSearch first_fit(const ChoiceProgram& program, double bound, const SolveOptions& options) {
  SolveOptions quietly = options;
  quietly.progress = [&](const SolveProgress&) {
    if (options.progress) options.progress({std::nullopt, bound});
  };
  ChoiceProgram part = program;
  part.limits.clear();
  Picks picks(program.groups.size());
  for (std::size_t k = 0; k < program.limits.size(); ++k) {
    for (std::size_t g = 0; g < program.groups.size(); ++g)
      for (std::size_t o = 0; o < program.groups[g].options.size(); ++o) {
        const auto& weights = program.groups[g].options[o].weights;
        auto& option = part.groups[g].options[o];
        option.objective = static_cast<double>(weights[k]);
        option.weights.assign(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(k));
      }
    const LabelSearch least = search_labels(part, prices_of(part, relax(part)), picks, quietly,
                                            static_cast<double>(program.limits[k]));
    if (weight_of(program, *least.picks, k) > program.limits[k])
      return {std::nullopt, kInfinity, least.finished};
    picks = *least.picks;
    part.limits.push_back(program.limits[k]);
  }
  improve(program, picks);
  return {picks, -kInfinity, true};
}

LabelSearch solve_program(ChoiceProgram& program, const SolveOptions& options) {
  const LabelSearch infeasible{std::nullopt, kInfinity, true};
  for (const std::int64_t limit : program.limits)
    if (limit < 0) return infeasible;
  remove_dominated(program);
  for (const Group& group : program.groups)
    if (group.options.empty()) return infeasible;
  const auto relaxation = relax(program);
  if (relaxation && !relaxation->feasible) return infeasible;
  const std::vector<double> prices = prices_of(program, relaxation);
  std::optional<Picks> start;
  if (relaxation) start = rounded(program, *relaxation);
  if (!start) {
    const LabelSearch found = first_fit(program, lagrange_bound(program, prices), options);
    if (!found.picks) return found;
    start = found.picks;
  }
  return search_labels(program, prices, *start, options);
}

Solution solution_of(const Problem& problem, const Query& query, const Choices& choices,
                     const LabelSearch& found) {
  Solution solution{choices, omega_of(problem, choices), costs_of(problem, choices), found.bound,
                    found.finished};
  const double objective =
      query.minimize_cost ? solution.costs[*query.minimize_cost] : solution.omega;
  if (found.finished) solution.bound = objective;
  solution.gap = relative_gap(objective, solution.bound);
  return solution;
}

/// As few digits, six at least, as do not make it the least or more.
std::string text_of_asked(const NearestLimit& limit) {
  constexpr int kFewest = 6, kAll = 17;
  const ShownCost shown = shown_cost(limit.name, limit.asked);
  const double least = limit.least / shown.size;
  int digits = kFewest;
  while (digits < kAll && limit.asked < limit.least &&
         *parse_real(shown.cell(limit.asked, digits)) >= least)
    ++digits;
  return shown.name + " " + shown.text(limit.asked, digits);
}

/// Nine digits, rounded up: a limit that can be kept.
std::string text_of_least(const std::string& name, double least) {
  constexpr int kDigits = 9;
  constexpr double kHalfOfTheLast = 5e-9;
  const ShownCost shown = shown_cost(name, least);
  if (*parse_real(shown.cell(least, kDigits)) * shown.size >= least)
    return shown.text(least, kDigits);
  const double place = std::pow(10, std::floor(std::log10(std::abs(least))));
  return shown.text(least + kHalfOfTheLast * place, kDigits);
}

/// Whether no policy keeps the limit whatever the others are.
bool is_too_low_alone(const NearestLimit& limit) { return limit.asked < limit.least; }

std::string within_the_others(const std::string& name, const LeastKept& least) {
  if (least.value)
    return fmt::format(", or {}{} within the other limits", least.proved ? "" : "at most ",
                       text_of_least(name, *least.value));
  return least.proved ? ", but not within the other limits"
                      : ", and time ran out for the least within the other limits";
}

}  // namespace

Answer solve(const Problem& problem, const Query& query, const SolveOptions& options) {
  ChoiceProgram program = make_program(problem, query);
  const LabelSearch found = solve_program(program, options);
  if (!found.picks) return {std::nullopt, found.finished};
  ensure(fits(program, *found.picks), "a solution keeps the limits");
  return {solution_of(problem, query, choices_of(program, *found.picks), found), found.finished};
}

std::vector<NearestLimit> nearest_limits(const Problem& problem, const Query& query,
                                         const SolveOptions& options) {
  return nearest_limits(problem, query,
                        [&](const Query& each) { return solve(problem, each, options); });
}

std::vector<NearestLimit> nearest_limits(const Problem& problem, const Query& query,
                                         const std::function<Answer(const Query&)>& solver) {
  std::vector<NearestLimit> nearest;
  const auto least = [&](const Query& within, std::optional<std::size_t> cost) {
    const Answer answer = solver(within);
    if (!answer.solution) return LeastKept{.proved = answer.finished};
    const Solution& found = *answer.solution;
    return LeastKept{cost ? found.costs[*cost] : found.omega, found.proved_optimal};
  };
  const auto add = [&](const std::string& name, double asked, const Query& others,
                       std::optional<std::size_t> cost) {
    const LeastKept alone = least({.minimize_cost = cost}, cost);
    nearest.push_back({name, asked, *alone.value, least(others, cost), alone.proved});
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

std::string infeasible_text(const std::vector<NearestLimit>& all) {
  std::vector<NearestLimit> nearest;
  std::copy_if(all.begin(), all.end(), std::back_inserter(nearest), is_too_low_alone);
  const bool together = nearest.empty() && all.size() > 1;
  if (nearest.empty()) nearest = all;
  std::vector<std::string> asked, least;
  for (const NearestLimit& limit : nearest) {
    asked.push_back(text_of_asked(limit));
    least.push_back(
        fmt::format("the least {} is {}{}{}", shown_cost(limit.name, limit.least).name,
                    limit.proved ? "" : "at most ", text_of_least(limit.name, limit.least),
                    together ? within_the_others(limit.name, limit.least_together) : ""));
  }
  return fmt::format("no policy keeps {}: {}", fmt::join(asked, " and "), fmt::join(least, "; "));
}

std::string no_solution_text(const Problem& problem, const Query& query, const Answer& answer,
                             const SolveOptions& options) {
  if (!answer.finished) return kEndedEarly;
  return infeasible_text(nearest_limits(problem, query, options));
}

}  // namespace bitloom::search
