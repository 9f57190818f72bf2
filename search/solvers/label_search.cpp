#include "search/solvers/label_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>

#include "base/error.h"

namespace bitloom::search {
namespace {

using Option = ChoiceProgram::Option;

constexpr std::size_t kMostMade = 1 << 20;   // labels at once
constexpr double kFirstWindow = 1.0 / 64;    // of the gap to begin with
constexpr double kNoBetter = 1e-9;           // of that gap
constexpr double kRounding = 1e-14;          // of the largest numbers that are added
constexpr std::size_t kLateEvery = 1 << 12;  // labels extended between looks at the clock

/// What the groups so far can reach.
struct LabelTable {
  std::vector<double> objectives;
  std::vector<std::int64_t> weights;  // [label][limit]
  std::vector<std::uint32_t> parents, options;

  std::size_t size() const { return objectives.size(); }
};

LabelTable gathered(const LabelTable& from, const std::vector<std::uint32_t>& which,
                    std::size_t limits) {
  LabelTable to;
  for (const std::uint32_t i : which) {
    to.objectives.push_back(from.objectives[i]);
    to.parents.push_back(from.parents[i]);
    to.options.push_back(from.options[i]);
    const auto weights = from.weights.begin() + static_cast<std::ptrdiff_t>(i * limits);
    to.weights.insert(to.weights.end(), weights, weights + static_cast<std::ptrdiff_t>(limits));
  }
  return to;
}

/// Hears of labels by their first weight, then the second; says which no label before is as light
/// and as good as. Of three limits and more only some are compared.
class Frontier {
 public:
  explicit Frontier(std::size_t limits) : limits_(limits) {}

  bool adds(const std::int64_t* weights, double objective) {
    return limits_ > 2 ? adds_to_last(weights, objective)
                       : adds_to_stairs(limits_ == 2 ? weights[1] : 0, objective);
  }

 private:
  bool adds_to_stairs(std::int64_t weight, double objective) {
    const auto above = stairs_.upper_bound(weight);
    if (above != stairs_.begin() && std::prev(above)->second <= objective) return false;
    auto worse = stairs_.lower_bound(weight);
    while (worse != stairs_.end() && worse->second >= objective) worse = stairs_.erase(worse);
    stairs_.emplace_hint(worse, weight, objective);
    return true;
  }

  bool adds_to_last(const std::int64_t* weights, double objective) {
    constexpr std::size_t kCompared = 64;
    for (const auto& [other, its] : last_)
      if (its <= objective && std::equal(other, other + limits_, weights, std::less_equal<>()))
        return false;
    if (last_.size() < kCompared)
      last_.emplace_back(weights, objective);
    else
      last_[next_++ % kCompared] = {weights, objective};
    return true;
  }

  std::size_t limits_, next_ = 0;
  std::map<std::int64_t, double> stairs_;  // the objective falls along the weight
  std::vector<std::pair<const std::int64_t*, double>> last_;
};

LabelTable undominated(const LabelTable& labels, std::size_t limits) {
  std::vector<std::uint32_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const auto weights = [&](std::uint32_t i) { return labels.weights.data() + i * limits; };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t k = 0; k < limits; ++k)
      if (weights(a)[k] != weights(b)[k]) return weights(a)[k] < weights(b)[k];
    return labels.objectives[a] != labels.objectives[b]
               ? labels.objectives[a] < labels.objectives[b]
               : a < b;
  });
  Frontier frontier(limits);
  std::erase_if(order,
                [&](std::uint32_t i) { return !frontier.adds(weights(i), labels.objectives[i]); });
  return gathered(labels, order, limits);
}

/// Prices, and what the rest costs at least: the groups from each on, the limits given back.
struct Bound {
  std::vector<double> prices;
  std::vector<std::vector<double>> options;  // [step][option], weights paid for
  std::vector<double> rest;                  // [step]
};

class Windows {
 public:
  Windows(const ChoiceProgram& program, const std::vector<double>& prices, const Picks& start,
          const SolveOptions& options, double enough)
      : program_(program),
        limits_(program.limits.size()),
        options_(options),
        enough_(enough),
        best_(start),
        objective_(objective_of(program, start)),
        prices_(nearby(prices)) {
    for (const auto& group : program.groups)
      for (const Option& option : group.options)
        rounding_ = std::max(rounding_, std::abs(option.objective));
    rounding_ *= static_cast<double>(program.groups.size());
    for (std::size_t k = 0; k < limits_; ++k)
      rounding_ += prices[k] * static_cast<double>(program.limits[k]);
    rounding_ *= kRounding;
  }

  LabelSearch run() {
    const double zero = lagrange_bound(program_, prices_.front()), gap = objective_ - zero;
    if (gap <= kRounding * std::abs(objective_)) return {best_, objective_, true};
    no_better_ = kNoBetter * gap;
    double bound = zero;
    for (double window = kFirstWindow * gap; objective_ > enough_; window *= 2) {
      if (options_.progress)
        options_.progress((objective_ - bound) / std::max(std::abs(objective_), 1e-300));
      const double top = objective_ - no_better_;
      cutoff_ = std::min(top, zero + window);
      const double searched_below = cutoff_;
      search_below_cutoff();
      if (late_) return {best_, bound, false};
      if (searched_below == top || objective_ < searched_below) break;
      bound = zero + window;
    }
    return {best_, objective_, true};
  }

 private:
  /// The prices, and others on either side: where a label is off the track that the first think
  /// best, one of these bounds more.
  std::vector<std::vector<double>> nearby(const std::vector<double>& prices) const {
    std::vector<std::vector<double>> all{prices};
    for (std::size_t k = 0; k < prices.size(); ++k)
      for (const double factor : {0.5, 0.8, 1.25, 2.0}) {
        all.push_back(prices);
        all.back()[k] *= factor;
      }
    return all;
  }

  void search_below_cutoff() {
    if (!choose_options()) return;
    stages_.assign(program_.groups.size() + 1, {});
    stages_[0] = {{0}, std::vector<std::int64_t>(limits_), {0}, {0}};
    descend(0);
  }

  /// Options that a solution below the cutoff could have, and the bounds on them.
  bool choose_options() {
    const std::size_t groups = program_.groups.size();
    kept_.assign(groups, {});
    std::vector<std::vector<std::vector<double>>> costs;  // [prices][group][option]
    std::vector<double> zeros, lowest(prices_.size());
    for (const auto& prices : prices_) {
      auto& of = costs.emplace_back();
      for (const auto& group : program_.groups) of.push_back(priced(group, prices));
      zeros.push_back(lagrange_bound(program_, prices));
    }
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::size_t m = 0; m < costs.size(); ++m)
        lowest[m] = *std::min_element(costs[m][g].begin(), costs[m][g].end());
      for (std::uint32_t o = 0; o < program_.groups[g].options.size(); ++o) {
        bool may = true;
        for (std::size_t m = 0; m < costs.size(); ++m)
          may = may && zeros[m] + costs[m][g][o] - lowest[m] - rounding_ < cutoff_;
        if (may) kept_[g].push_back(o);
      }
      if (kept_[g].empty()) return false;
    }
    order_groups();
    sum_the_rest(costs);
    return true;
  }

  /// Groups of many options first.
  void order_groups() {
    order_.resize(program_.groups.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return kept_[a].size() > kept_[b].size();
    });
  }

  void sum_the_rest(const std::vector<std::vector<std::vector<double>>>& costs) {
    const std::size_t steps = order_.size();
    bounds_.clear();
    for (std::size_t m = 0; m < prices_.size(); ++m) {
      Bound& bound = bounds_.emplace_back();
      bound.prices = prices_[m];
      bound.options.resize(steps);
      bound.rest.assign(steps + 1, 0);
      for (std::size_t k = 0; k < limits_; ++k)
        bound.rest[steps] -= prices_[m][k] * static_cast<double>(program_.limits[k]);
      for (std::size_t step = steps; step-- > 0;) {
        for (const std::uint32_t o : kept_[order_[step]])
          bound.options[step].push_back(costs[m][order_[step]][o]);
        bound.rest[step] = bound.rest[step + 1] + *std::min_element(bound.options[step].begin(),
                                                                    bound.options[step].end());
      }
    }
    room_.assign((steps + 1) * limits_, 0);
    for (std::size_t k = 0; k < limits_; ++k) room_[steps * limits_ + k] = program_.limits[k];
    for (std::size_t step = steps; step-- > 0;)
      for (std::size_t k = 0; k < limits_; ++k) {
        std::int64_t least = program_.limits[k];
        for (const std::uint32_t o : kept_[order_[step]])
          least = std::min(least, option(step, o).weights[k]);
        room_[step * limits_ + k] = room_[(step + 1) * limits_ + k] - least;
      }
  }

  const Option& option(std::size_t step, std::uint32_t o) const {
    return program_.groups[order_[step]].options[o];
  }

  /// From the labels of stage `step` to solutions.
  void descend(std::size_t step) {
    if (step == order_.size()) return take_best();
    const std::size_t most = std::max<std::size_t>(1, kMostMade / kept_[order_[step]].size());
    if (stages_[step].size() <= most) {
      stages_[step + 1] = extended(step);
      if (!late_) descend(step + 1);
      return;
    }
    const LabelTable all = std::move(stages_[step]);
    const std::vector<std::uint32_t> order = by_bound(all);
    for (std::size_t at = 0; at < order.size() && !late_ && objective_ > enough_; at += most) {
      const auto from = order.begin() + static_cast<std::ptrdiff_t>(at);
      const auto to =
          order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), at + most));
      stages_[step] = gathered(all, {from, to}, limits_);
      stages_[step + 1] = extended(step);
      if (!late_) descend(step + 1);
    }
  }

  std::vector<std::uint32_t> by_bound(const LabelTable& labels) const {
    std::vector<double> bounds(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) bounds[i] = paid(labels, i, prices_.front());
    std::vector<std::uint32_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return bounds[a] < bounds[b]; });
    return order;
  }

  /// The label's objective with its weights paid for.
  double paid(const LabelTable& labels, std::size_t i, const std::vector<double>& prices) const {
    double paid = labels.objectives[i];
    for (std::size_t k = 0; k < limits_; ++k)
      paid += prices[k] * static_cast<double>(labels.weights[i * limits_ + k]);
    return paid;
  }

  /// The labels of the next stage.
  LabelTable extended(std::size_t step) {
    const LabelTable& from = stages_[step];
    const std::vector<std::uint32_t>& kept = kept_[order_[step]];
    LabelTable made;
    std::vector<double> least(bounds_.size());
    for (std::uint32_t i = 0; i < from.size(); ++i) {
      if (i % kLateEvery == 0 && (late_ = late_ || options_.is_late())) return {};
      for (std::size_t m = 0; m < bounds_.size(); ++m)
        least[m] = paid(from, i, bounds_[m].prices) + bounds_[m].rest[step + 1] - rounding_;
      for (std::uint32_t o = 0; o < kept.size(); ++o) {
        bool is_better = true;
        for (std::size_t m = 0; m < bounds_.size() && is_better; ++m)
          is_better = least[m] + bounds_[m].options[step][o] < cutoff_;
        if (is_better) add(from, i, step, o, made);
      }
    }
    return undominated(made, limits_);
  }

  /// Label i with the option, where that leaves room for the rest.
  void add(const LabelTable& from, std::uint32_t i, std::size_t step, std::uint32_t o,
           LabelTable& made) const {
    const Option& chosen = option(step, kept_[order_[step]][o]);
    for (std::size_t k = 0; k < limits_; ++k)
      if (from.weights[i * limits_ + k] + chosen.weights[k] > room_[(step + 1) * limits_ + k])
        return;
    for (std::size_t k = 0; k < limits_; ++k)
      made.weights.push_back(from.weights[i * limits_ + k] + chosen.weights[k]);
    made.objectives.push_back(from.objectives[i] + chosen.objective);
    made.parents.push_back(i);
    made.options.push_back(o);
  }

  void take_best() {
    const LabelTable& last = stages_.back();
    if (last.size() == 0) return;
    auto at = static_cast<std::uint32_t>(
        std::min_element(last.objectives.begin(), last.objectives.end()) - last.objectives.begin());
    Picks picks(order_.size());
    for (std::size_t step = order_.size(); step-- > 0;) {
      picks[order_[step]] = kept_[order_[step]][stages_[step + 1].options[at]];
      at = stages_[step + 1].parents[at];
    }
    ensure(fits(program_, picks), "a label of all groups keeps the limits");
    const double objective = objective_of(program_, picks);
    if (objective >= objective_) return;
    best_ = picks;
    objective_ = objective;
    cutoff_ = std::min(cutoff_, objective - no_better_);
  }

  const ChoiceProgram& program_;
  std::size_t limits_;
  const SolveOptions& options_;
  double enough_;
  Picks best_;
  double objective_, cutoff_ = 0, no_better_ = 0, rounding_ = 0;
  bool late_ = false;
  std::vector<std::vector<double>> prices_;
  // Of the window:
  std::vector<std::vector<std::uint32_t>> kept_;  // [group]: options
  std::vector<std::size_t> order_;                // groups by step
  std::vector<Bound> bounds_;
  std::vector<std::int64_t> room_;  // [step][limit]: what the steps before may weigh
  std::vector<LabelTable> stages_;  // [step]
};

}  // namespace

double lagrange_bound(const ChoiceProgram& program, const std::vector<double>& prices) {
  constexpr double kTermRounding = 1e-15;
  double bound = 0, sum = 0;
  const auto add = [&](double value) {
    bound += value;
    sum += std::abs(value);
  };
  for (const ChoiceProgram::Group& group : program.groups) {
    const std::vector<double> costs = priced(group, prices);
    add(*std::min_element(costs.begin(), costs.end()));
  }
  for (std::size_t k = 0; k < prices.size(); ++k)
    add(-prices[k] * static_cast<double>(program.limits[k]));
  return bound - kTermRounding * sum;
}

LabelSearch search_labels(const ChoiceProgram& program, const std::vector<double>& prices,
                          const Picks& start, const SolveOptions& options, double enough) {
  return Windows(program, prices, start, options, enough).run();
}

}  // namespace bitloom::search
