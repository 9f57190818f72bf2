#include "search/policy/as_a_whole.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace bitloom::search {
namespace {

/// A policy with what it costs as a whole.
struct Found {
  Choices choices;
  double omega;
  std::vector<double> costs;
};

double objective_of(const Found& found, const Query& query) {
  return query.minimize_cost ? found.costs[*query.minimize_cost] : found.omega;
}

Found found_at(const NetworkProblem& network, Choices choices) {
  const double omega = omega_of(network.problem, choices);
  std::vector<double> costs = costs_of(network, choices);
  return {std::move(choices), omega, std::move(costs)};
}

bool keeps(const Found& found, const Query& query) {
  return keeps(found.costs, query.limits) && (!query.max_omega || found.omega <= *query.max_omega);
}

/// Limits of sums that a policy like `answer` would just keep as a whole.
std::vector<Limit> moved(const std::vector<Limit>& limits, const std::vector<double>& sums,
                         const std::vector<double>& wholes) {
  std::vector<Limit> moved = limits;
  for (Limit& limit : moved) {
    const double sum = sums[limit.cost], whole = wholes[limit.cost];
    const double most = std::numeric_limits<double>::max() / std::max(1.0, sum);
    if (sum > 0 && whole > 0 && limit.value < most) limit.value *= sum / whole;
  }
  return moved;
}

std::vector<Limit> tightened(std::vector<Limit> limits) {
  constexpr double kStep = 0.97;
  for (Limit& limit : limits) limit.value *= kStep;
  return limits;
}

/// Exchanges single choices for better ones while the query is kept.
void improve(const NetworkProblem& network, const Query& query, const SolveOptions& options,
             Found& best) {
  const auto groups = groups_of(network.problem);
  for (bool improved = true; improved && !options.is_late();) {
    improved = false;
    for (const std::vector<std::size_t>& group : groups)
      for (const std::size_t choice : allowed_in(network.problem, group)) {
        Choices changed = best.choices;
        for (const std::size_t layer : group) changed[layer] = choice;
        if (!query.minimize_cost && omega_of(network.problem, changed) >= best.omega) continue;
        Found found = found_at(network, std::move(changed));
        if (objective_of(found, query) >= objective_of(best, query) || !keeps(found, query))
          continue;
        best = std::move(found);
        improved = true;
      }
  }
}

/// A problem of sums beside a constant: what a solution's costs are more than its sums.
struct SumProblem {
  Problem problem;
  std::vector<double> constant;

  Answer solve(Query query, const SolveOptions& options) const {
    for (Limit& limit : query.limits) {
      limit.value -= constant[limit.cost];
      if (limit.value < 0) return {std::nullopt, true};
    }
    Answer answer = search::solve(problem, query, options);
    if (answer.solution)
      for (std::size_t k = 0; k < constant.size(); ++k) answer.solution->costs[k] += constant[k];
    return answer;
  }
};

/// Costs as a whole to first order around a policy: exact where one choice is another.
SumProblem around(const NetworkProblem& network, const Found& at) {
  SumProblem sums{network.problem, at.costs};
  for (const std::vector<std::size_t>& group : groups_of(network.problem)) {
    std::vector<std::vector<double>> costs(at.costs.size());  // [cost][choice]
    const std::vector<std::size_t> allowed = allowed_in(network.problem, group);
    for (const std::size_t choice : allowed) {
      Choices changed = at.choices;
      for (const std::size_t layer : group) changed[layer] = choice;
      const std::vector<double> whole = costs_of(network, changed);
      for (std::size_t k = 0; k < costs.size(); ++k) costs[k].push_back(whole[k] - at.costs[k]);
    }
    for (std::size_t k = 0; k < costs.size(); ++k) {
      const double least = *std::min_element(costs[k].begin(), costs[k].end());
      sums.constant[k] += least;
      for (std::size_t c = 0; c < allowed.size(); ++c)
        for (const std::size_t layer : group)
          sums.problem.layers[layer].choices[allowed[c]].costs[k] =
              layer == group.front() ? costs[k][c] - least : 0;
    }
  }
  return sums;
}

/// Where all layers that may read so many bits do: as sums say, what such policies cost.
std::optional<SumProblem> reading_alike(const NetworkProblem& network, int activation_bits) {
  SumProblem sums{network.problem, std::vector<double>(network.problem.cost_names.size())};
  bool any = false;
  for (const std::vector<std::size_t>& group : groups_of(network.problem)) {
    const auto reads = [&](std::size_t choice) {
      return network.precisions[group.front()][choice].activation_bits == activation_bits;
    };
    const std::vector<std::size_t> allowed = allowed_in(network.problem, group);
    if (std::none_of(allowed.begin(), allowed.end(), reads)) continue;
    any = true;
    std::vector<Choice>& choices = sums.problem.layers[group.front()].choices;
    for (std::size_t c = 0; c < choices.size(); ++c)
      choices[c].allowed = choices[c].allowed && reads(c);
  }
  return any ? std::optional(std::move(sums)) : std::nullopt;
}

/// Limits on sums by which to begin where those asked for have no policy: as if all were off as the
/// cheapest is.
std::vector<Limit> loosened(const NetworkProblem& network, const std::vector<Limit>& limits,
                            const SolveOptions& options) {
  std::vector<Limit> loose = limits;
  for (Limit& limit : loose) {
    const Answer cheapest = solve(network.problem, {.minimize_cost = limit.cost}, options);
    if (!cheapest.solution) continue;
    const double whole = costs_of(network, cheapest.solution->choices)[limit.cost];
    const double sum = cheapest.solution->costs[limit.cost];
    if (whole > 0 && whole < sum) limit.value *= sum / whole;
  }
  return loose;
}

/// A policy that keeps the query by having least of one of its limits' costs.
std::optional<Found> cheapest_kept(const NetworkProblem& network, const Query& query,
                                   const SolveOptions& options) {
  for (const Limit& limit : query.limits) {
    Query cheapest{.minimize_cost = limit.cost, .max_omega = query.max_omega};
    for (const Limit& other : query.limits)
      if (other.cost != limit.cost) cheapest.limits.push_back(other);
    const Answer answer = solve(network, cheapest, options);
    if (!answer.solution) continue;
    Found found = found_at(network, answer.solution->choices);
    if (keeps(found, query)) return found;
  }
  return std::nullopt;
}

/// No policy that keeps the query has a lower objective.
double bound_of(const NetworkProblem& network, const Query& query, const SolveOptions& options) {
  const std::optional<Problem>& least = network.whole->least;
  if (!least && query.minimize_cost) return 0;  // as costs are at least
  const Answer answer = least ? solve(*least, query, options) : solve(network.problem, {}, options);
  return answer.solution ? answer.solution->bound : std::numeric_limits<double>::infinity();
}

/// The best policy of several ways down: from what a program of sums comes to, by programs of first
/// order around where it is and single choices, until neither makes it better.
class Descent {
 public:
  Descent(const NetworkProblem& network, const Query& query, const SolveOptions& options)
      : network_(network), query_(query), options_(options) {}

  std::optional<Found> best() const {
    std::optional<Found> best =
        way_from({network_.problem, std::vector<double>(network_.problem.cost_names.size())});
    for (int bits = graph::kMinBits; bits <= graph::kMaxBits && !options_.is_late(); ++bits)
      if (const auto sums = reading_alike(network_, bits))
        if (auto found = way_from(*sums); found && (!best || is_better(*found, *best)))
          best = std::move(found);
    if (auto found = way_from_looser_limits(); found && (!best || is_better(*found, *best)))
      best = std::move(found);
    return best ? best : cheapest_kept(network_, query_, options_);
  }

  Solution solution(const Found& best) const {
    constexpr double kRounding = 1e-9;
    const double objective = objective_of(best, query_);
    const double bound = std::min(objective, bound_of(network_, query_, options_));
    const double gap = relative_gap(objective, bound);
    return {best.choices, best.omega, best.costs, bound, gap <= kRounding, gap};
  }

 private:
  bool is_better(const Found& a, const Found& b) const {
    return objective_of(a, query_) < objective_of(b, query_);
  }

  std::optional<Found> by(const SumProblem& sums, const std::vector<Limit>& within) const {
    const Answer answer =
        solve_by_sums(network_, query_.minimize_cost, within, options_,
                      [&](const std::vector<Limit>& limits, const SolveOptions& solving) {
                        Query of_sums = query_;
                        of_sums.limits = limits;
                        return sums.solve(of_sums, solving);
                      });
    if (!answer.solution) return std::nullopt;
    return found_at(network_, answer.solution->choices);
  }

  std::optional<Found> way_from(const SumProblem& sums) const {
    std::optional<Found> at = by(sums, query_.limits);
    return at ? went_down(std::move(*at)) : at;
  }

  Found went_down(Found at) const {
    constexpr int kMostSteps = 20;
    for (int step = 0; step < kMostSteps && !options_.is_late(); ++step) {
      std::optional<Found> next = by(around(network_, at), query_.limits);
      if (!next || !is_better(*next, at)) break;
      at = std::move(*next);
    }
    improve(network_, query_, options_, at);
    return at;
  }

  /// From the policy of least omega, while its limits fall in even ratios to those asked for: the
  /// best policies within limits that are near each other are most often near, too.
  std::optional<Found> way_from_looser_limits() const {
    constexpr int kSteps = 16;
    if (query_.minimize_cost || query_.limits.empty()) return std::nullopt;
    Found at = found_at(network_, solve(network_.problem, Query{}).solution.value().choices);
    const std::vector<double> loosest = at.costs;
    for (int step = 1; step <= kSteps && !options_.is_late(); ++step) {
      std::vector<Limit> within = query_.limits;
      for (Limit& limit : within)
        if (loosest[limit.cost] > limit.value)
          limit.value *=
              std::pow(loosest[limit.cost] / limit.value, 1 - static_cast<double>(step) / kSteps);
      std::optional<Found> next = by(around(network_, at), within);
      if (!next) return std::nullopt;
      at = std::move(*next);
      improve(network_, {.limits = within}, options_, at);
    }
    return keeps(at, query_) ? std::optional(went_down(std::move(at))) : std::nullopt;
  }

  const NetworkProblem& network_;
  const Query& query_;
  const SolveOptions& options_;
};

}  // namespace

bool keeps(const std::vector<double>& costs, const std::vector<Limit>& limits) {
  constexpr double kRounding = 1e-9;
  return std::all_of(limits.begin(), limits.end(), [&](const Limit& limit) {
    return costs[limit.cost] <= limit.value * (1 + kRounding);
  });
}

Answer solve_by_sums(const NetworkProblem& network, std::optional<std::size_t> minimize_cost,
                     const std::vector<Limit>& asked, const SolveOptions& options,
                     const Solver& by_sums) {
  constexpr int kMostRounds = 40;
  const Query query{.minimize_cost = minimize_cost, .limits = asked};
  std::optional<Found> best;
  double bound = 0;
  std::vector<Limit> limits = asked;
  std::set<Choices> seen;
  for (int round = 0; round < kMostRounds && !options.is_late(); ++round) {
    const Answer answer = by_sums(limits, options);
    if (!answer.solution) {
      if (best || !answer.finished || round > 0) break;
      limits = loosened(network, asked, options);
      continue;
    }
    const bool is_new = seen.insert(answer.solution->choices).second;
    Found found = found_at(network, answer.solution->choices);
    if (keeps(found, query) && (!best || objective_of(found, query) < objective_of(*best, query))) {
      bound = answer.solution->bound;
      best = found;
    }
    if (is_new)
      limits = moved(asked, answer.solution->costs, found.costs);
    else if (best)
      break;
    else
      limits = tightened(limits);
  }
  if (!best) return {std::nullopt, !options.is_late()};
  const double objective = objective_of(*best, query);
  return {Solution{best->choices, best->omega, best->costs, bound, objective <= bound,
                   relative_gap(objective, bound)},
          true};
}

Answer solve(const NetworkProblem& network, const Query& query, const SolveOptions& options) {
  if (!network.whole) return solve(network.problem, query, options);
  const Descent descent(network, query, options);
  const std::optional<Found> best = descent.best();
  if (!best) return {std::nullopt, !options.is_late()};
  return {descent.solution(*best), true};
}

std::string no_solution_text(const NetworkProblem& network, const Query& query,
                             const Answer& answer, const SolveOptions& options) {
  if (!answer.finished) return kEndedEarly;
  return infeasible_text(nearest_limits(network, query, options));
}

std::vector<NearestLimit> nearest_limits(const NetworkProblem& network, const Query& query,
                                         const SolveOptions& options) {
  return nearest_limits(network.problem, query,
                        [&](const Query& each) { return solve(network, each, options); });
}

EndsAnswer ends_of_all(const NetworkProblem& network, const std::vector<Limit>& limits,
                       const std::function<SolveOptions()>& each) {
  if (!network.whole) return ends_of_all(network.problem, limits, each);
  const std::size_t cost = limits.front().cost;
  const std::vector<Limit> others(limits.begin() + 1, limits.end());
  const Query cheapest_query{.minimize_cost = cost, .limits = others};
  const Answer cheapest = solve(network, cheapest_query, each());
  const Answer best = solve(network, {.limits = others}, each());
  if (!cheapest.solution || !best.solution)
    return {std::nullopt, cheapest.finished && best.finished};
  NetworkProblem as_good = network;
  as_good.problem = only_as_good(as_good.problem, best.solution->choices);
  if (auto& least = as_good.whole->least) least = only_as_good(*least, best.solution->choices);
  const Answer as_cheap = solve(as_good, cheapest_query, each());
  const double of_best = (as_cheap.solution ? as_cheap : best).solution->costs[cost];
  return {CostEnds{cheapest.solution->costs[cost], of_best}, true};
}

}  // namespace bitloom::search
