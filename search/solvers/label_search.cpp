#include "search/solvers/label_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "search/solvers/labels.h"
#include "search/solvers/price_bounds.h"
#include "search/solvers/relaxation.h"

namespace bitloom::search {
namespace {

using Option = ChoiceProgram::Option;
using Group = ChoiceProgram::Group;

constexpr std::size_t kMostMade = 1 << 20;   // labels at once
constexpr std::size_t kAll = -1;             // labels a stage
constexpr double kFirstWindow = 1.0 / 16;    // of the gap to begin with
constexpr std::size_t kFirstWidth = 64;      // labels a stage that look ahead of the first window
constexpr std::int64_t kTimes = 4;           // the labels of that, a window may make
constexpr double kNoBetter = 1e-9;           // of that gap
constexpr double kRounding = 1e-14;          // of an objective
constexpr std::size_t kLateEvery = 1 << 12;  // labels extended between looks at the clock

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
        prices_(nearby(prices)) {}

  LabelSearch run() {
    const double zero = lagrange_bound(program_, prices_.front()), gap = objective_ - zero;
    if (gap <= kRounding * std::abs(objective_)) return {best_, objective_, true};
    no_better_ = kNoBetter * gap;
    bound_ = zero;
    double window = 0;
    for (std::size_t width = kFirstWidth; objective_ > enough_; width *= 2) {
      tell();
      const std::int64_t before = made_;
      if (search_below(objective_ - no_better_, width, options_.most_labels)) break;
      if (has_ended()) return {best_, bound_, false};
      if (objective_ <= enough_) break;
      if (window == 0) window = kFirstWindow * (objective_ - bound_);
      const double top = objective_ - no_better_, below = std::min(top, bound_ + window);
      const std::int64_t most = std::min(options_.most_labels, made_ + kTimes * (made_ - before));
      if (search_below(below, kAll, most)) {
        if (below == top || objective_ < below) break;
        bound_ = below;
        window *= 2;
      } else if (has_ended()) {
        return {best_, bound_, false};
      }
    }
    return {best_, objective_, true};
  }

 private:
  /// The prices, and others on either side.
  std::vector<std::vector<double>> nearby(const std::vector<double>& prices) const {
    std::vector<std::vector<double>> all{prices};
    for (std::size_t k = 0; k < prices.size(); ++k)
      for (const double factor : {0.5, 0.8, 1.25, 2.0}) {
        all.push_back(prices);
        all.back()[k] *= factor;
      }
    return all;
  }

  bool has_ended() const { return made_ > options_.most_labels || options_.is_late(); }

  void tell() const {
    if (options_.progress) options_.progress({objective_, bound_});
  }

  /// Looks for solutions below the cutoff, where a stage has more labels than `width` behind the
  /// best of them, until `most` labels were made. Whether it is sure that there are no others.
  bool search_below(double cutoff, std::size_t width, std::int64_t most) {
    cutoff_ = cutoff;
    width_ = width;
    most_made_ = most;
    is_all_ = true;
    is_stopped_ = false;
    if (!choose_options()) return true;
    stages_.assign(part_.groups.size() + 1, {});
    stages_[0] = {{0}, std::vector<std::int64_t>(limits_), {0}, {0}};
    descend(0);
    return is_all_ && !is_stopped_;
  }

  /// The groups in the order in which they are decided, with the options that a solution below the
  /// cutoff could have. False: there is none.
  bool choose_options() {
    kept_ = options_below(cutoff_, program_, prices_);
    std::vector<double> steps;
    for (std::size_t g = 0; g < kept_.size(); ++g) {
      if (kept_[g].empty()) return false;
      steps.push_back(largest_step(g));
    }
    order_.resize(kept_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return steps[a] > steps[b]; });
    part_ = {{}, program_.limits};
    for (const std::size_t g : order_) {
      Group& group = part_.groups.emplace_back();
      for (const std::uint32_t o : kept_[g]) group.options.push_back(program_.groups[g].options[o]);
    }
    bounds_ = PriceBounds(part_);
    for (const auto& prices : prices_) bounds_.add(prices);
    find_room();
    return true;
  }

  /// Between weights of the group's options, paid for.
  double largest_step(std::size_t group) const {
    std::vector<double> paid;
    for (const std::uint32_t o : kept_[group]) {
      const Option& option = program_.groups[group].options[o];
      paid.push_back(0);
      for (std::size_t k = 0; k < limits_; ++k)
        paid.back() += prices_.front()[k] * static_cast<double>(option.weights[k]);
    }
    std::sort(paid.begin(), paid.end());
    double largest = 0;
    for (std::size_t i = 1; i < paid.size(); ++i)
      largest = std::max(largest, paid[i] - paid[i - 1]);
    return largest;
  }

  void find_room() {
    const std::size_t steps = order_.size();
    room_.assign((steps + 1) * limits_, 0);
    for (std::size_t k = 0; k < limits_; ++k) room_[steps * limits_ + k] = program_.limits[k];
    for (std::size_t step = steps; step-- > 0;)
      for (std::size_t k = 0; k < limits_; ++k) {
        std::int64_t least = program_.limits[k];
        for (const Option& option : part_.groups[step].options)
          least = std::min(least, option.weights[k]);
        room_[step * limits_ + k] = room_[(step + 1) * limits_ + k] - least;
      }
  }

  /// From the labels of stage `step` to solutions.
  void descend(std::size_t step) {
    if (step == order_.size()) return take_best();
    const std::size_t most =
        std::max<std::size_t>(1, kMostMade / part_.groups[step].options.size());
    if (stages_[step].size() <= most) {
      stages_[step + 1] = extended(step);
      if (!is_stopped_) descend(step + 1);
      return;
    }
    const Labels all = std::move(stages_[step]);
    const std::vector<std::uint32_t> order = by_bound(all, step);
    for (std::size_t at = 0; at < order.size() && !is_stopped_ && objective_ > enough_;
         at += most) {
      const auto from = order.begin() + static_cast<std::ptrdiff_t>(at);
      const auto to =
          order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), at + most));
      stages_[step] = gathered(all, {from, to}, limits_);
      stages_[step + 1] = extended(step);
      if (!is_stopped_) descend(step + 1);
    }
  }

  double bound(const Labels& labels, std::size_t i, std::size_t step) const {
    return bounds_.bound(labels.objectives[i], labels.weights.data() + i * limits_, step);
  }

  std::vector<std::uint32_t> by_bound(const Labels& labels, std::size_t step) const {
    std::vector<double> bounds(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) bounds[i] = bound(labels, i, step);
    std::vector<std::uint32_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return bounds[a] < bounds[b]; });
    return order;
  }

  /// The labels of the next stage.
  Labels extended(std::size_t step) {
    const Labels& from = stages_[step];
    Labels made;
    std::vector<std::uint32_t> all(part_.groups[step].options.size());
    std::iota(all.begin(), all.end(), std::uint32_t{0});
    std::vector<std::uint32_t> options;
    for (std::uint32_t i = 0; i < from.size(); ++i) {
      if (i % kLateEvery == 0) {
        tell();
        is_stopped_ = options_.is_late();
      }
      is_stopped_ = is_stopped_ || made_ + static_cast<std::int64_t>(made.size()) > most_made_;
      if (is_stopped_) break;
      options = all;
      bounds_.keep_below(cutoff_, from.objectives[i], from.weights.data() + i * limits_, step,
                         options);
      for (const std::uint32_t o : options) add(from, i, step, o, made);
    }
    made_ += static_cast<std::int64_t>(made.size());
    if (is_stopped_) return {};
    Labels next = undominated(made, limits_);
    narrow(step + 1, next);
    sharpen(step + 1, next);
    return next;
  }

  /// Label i with the option, where that leaves room for the rest.
  void add(const Labels& from, std::uint32_t i, std::size_t step, std::uint32_t o,
           Labels& made) const {
    const Option& chosen = part_.groups[step].options[o];
    for (std::size_t k = 0; k < limits_; ++k)
      if (from.weights[i * limits_ + k] + chosen.weights[k] > room_[(step + 1) * limits_ + k])
        return;
    for (std::size_t k = 0; k < limits_; ++k)
      made.weights.push_back(from.weights[i * limits_ + k] + chosen.weights[k]);
    made.objectives.push_back(from.objectives[i] + chosen.objective);
    made.parents.push_back(i);
    made.options.push_back(o);
  }

  /// Keeps the best labels where there are more than the width.
  void narrow(std::size_t step, Labels& labels) {
    if (labels.size() <= width_) return;
    std::vector<std::uint32_t> best = by_bound(labels, step);
    best.resize(width_);
    labels = gathered(labels, best, limits_);
    is_all_ = false;
  }

  /// Where there are many labels, adds prices that bound what some of them leave, and drops those
  /// of which no solution is below the cutoff.
  void sharpen(std::size_t step, Labels& labels) {
    constexpr std::size_t kMany = 256, kMostPrices = 100, kEach = 4;
    for (std::size_t n = 0; n < kEach; ++n) {
      if (labels.size() < kMany || prices_.size() >= kMostPrices || step == order_.size()) return;
      const auto rest = rest_of(step, labels, labels.size() * (2 * n + 1) / (2 * kEach));
      if (!rest) continue;
      const auto relaxation = relax(*rest);
      if (!relaxation || !relaxation->feasible) continue;
      prices_.push_back(relaxation->prices);
      bounds_.add(prices_.back());
      std::vector<std::uint32_t> below;
      for (std::uint32_t i = 0; i < labels.size(); ++i)
        if (bound(labels, i, step) < cutoff_) below.push_back(i);
      labels = gathered(labels, below, limits_);
    }
  }

  /// The program that label i leaves; none where a group has no option that fits.
  std::optional<ChoiceProgram> rest_of(std::size_t step, const Labels& labels,
                                       std::size_t i) const {
    ChoiceProgram rest;
    for (std::size_t k = 0; k < limits_; ++k)
      rest.limits.push_back(program_.limits[k] - labels.weights[i * limits_ + k]);
    for (; step < part_.groups.size(); ++step) {
      Group& group = rest.groups.emplace_back();
      for (const Option& option : part_.groups[step].options)
        if (std::equal(option.weights.begin(), option.weights.end(), rest.limits.begin(),
                       std::less_equal<>()))
          group.options.push_back(option);
      if (group.options.empty()) return std::nullopt;
    }
    return rest;
  }

  void take_best() {
    const Labels& last = stages_.back();
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
  double objective_, bound_ = 0, no_better_ = 0;
  std::int64_t made_ = 0;  // labels
  std::vector<std::vector<double>> prices_;
  // Of what is looked for:
  double cutoff_ = 0;
  std::size_t width_ = 0;
  std::int64_t most_made_ = 0;
  bool is_all_ = true, is_stopped_ = false;
  std::vector<std::vector<std::uint32_t>> kept_;  // [group]: options
  std::vector<std::size_t> order_;                // groups by step
  ChoiceProgram part_;                            // of these, in that order
  PriceBounds bounds_{part_};
  std::vector<std::int64_t> room_;  // [step][limit]: what the steps before may weigh
  std::vector<Labels> stages_;      // [step]
};

}  // namespace

LabelSearch search_labels(const ChoiceProgram& program, const std::vector<double>& prices,
                          const Picks& start, const SolveOptions& options, double enough) {
  return Windows(program, prices, start, options, enough).run();
}

}  // namespace bitloom::search
