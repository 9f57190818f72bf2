// What a comparison finds: ranks, correlations, swaps, and where bits stop paying.
#include "reports/comparison.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "reports/results/comparison_file.h"

namespace bitloom::reports {
namespace {

double percent_more(double more, double less) { return 100 * (more / less - 1); }

double cost_of(const cost::LayerCost& cost, Total total) {
  return total == Total::kLatency ? static_cast<double>(cost.timing.total.count())
                                  : cost.energy.total().count();
}

std::vector<CostAtBits> totals_of(const Sweep& sweep, Total total) {
  std::vector<CostAtBits> totals;
  for (const SweepStep& step : sweep.steps) {
    double sum = 0;
    for (const cost::LayerCost& layer : step.layers) sum += cost_of(layer, total);
    totals.push_back({step.bits, sum});
  }
  return totals;
}

/// Whether a swap is told before another: by what it costs, then by its policies.
bool is_before(const Swap& x, const Swap& y) {
  if (x.least_percent() != y.least_percent()) return x.least_percent() > y.least_percent();
  return std::pair(x.better_on_a, x.better_on_b) < std::pair(y.better_on_a, y.better_on_b);
}

/// The largest swaps of two machines' costs. Of thousands of policies most pairs are passed over by
/// blocks: in the order of costs on `a`, a block whose last cost there or whose least on `b` leaves
/// no larger swap than those that are kept.
class LargestSwaps {
 public:
  LargestSwaps(const std::vector<double>& a, const std::vector<double>& b, std::size_t first_policy)
      : a_(a), b_(b), first_policy_(first_policy), order_(a.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t i, std::size_t j) { return a[i] < a[j]; });
    for (std::size_t at = 0; at < order_.size(); ++at) {
      if (at % kBlock == 0) least_b_.push_back(b[order_[at]]);
      least_b_.back() = std::min(least_b_.back(), b[order_[at]]);
    }
  }

  std::vector<Swap> find() {
    for (const std::size_t i : order_) look_from(i);
    std::sort(kept_.begin(), kept_.end(), is_before);
    return kept_;
  }

 private:
  static constexpr std::size_t kBlock = 64;

  /// Pairs whose better policy on `a` is i, from the costliest others down.
  void look_from(std::size_t i) {
    for (std::size_t block = least_b_.size(); block-- > 0;) {
      const std::size_t end = std::min((block + 1) * kBlock, order_.size());
      const double most_a = a_[order_[end - 1]];
      if (!(a_[i] < most_a) || percent_more(most_a, a_[i]) < least_kept()) return;
      if (!(least_b_[block] < b_[i]) || percent_more(b_[i], least_b_[block]) < least_kept())
        continue;
      for (std::size_t at = block * kBlock; at < end; ++at) look_at(i, order_[at]);
    }
  }

  void look_at(std::size_t i, std::size_t j) {
    if (!(a_[i] < a_[j] && b_[j] < b_[i])) return;
    const Swap swap{first_policy_ + i, first_policy_ + j, percent_more(a_[j], a_[i]),
                    percent_more(b_[i], b_[j])};
    if (kept_.size() == kMostToldSwaps) {
      if (!is_before(swap, kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end(), is_before);
      kept_.pop_back();
    }
    kept_.push_back(swap);
    std::push_heap(kept_.begin(), kept_.end(), is_before);
  }

  double least_kept() const {
    return kept_.size() < kMostToldSwaps ? 0 : kept_.front().least_percent();
  }

  const std::vector<double>&a_, &b_;
  std::size_t first_policy_;
  std::vector<std::size_t> order_;  // by cost on `a`
  std::vector<double> least_b_;     // of each block of that order
  std::vector<Swap> kept_;          // a heap, the smallest in front
};

Agreement agreement(const Comparison& c, Total total, std::size_t a, std::size_t b,
                    PolicyGroup group) {
  std::vector<double> on_a, on_b;
  std::size_t first = 0;
  for (std::size_t i = 0; i < c.policies.size(); ++i) {
    if (c.policies[i].is_random != (group == PolicyGroup::kRandom)) continue;
    if (on_a.empty()) first = i;
    on_a.push_back(c.policies[i].on(a).of(total));
    on_b.push_back(c.policies[i].on(b).of(total));
  }
  const PairCounts pairs = count_pairs(on_a, on_b);
  return {total,
          a,
          b,
          group,
          on_a.size(),
          pairs,
          spearman(on_a, on_b),
          kendall(pairs),
          LargestSwaps(on_a, on_b, first).find()};
}

}  // namespace

std::string_view to_text(Total total) { return total == Total::kLatency ? "latency" : "energy"; }

std::string_view to_text(Swept swept) {
  switch (swept) {
    case Swept::kWeights:
      return "weights";
    case Swept::kActivations:
      return "activations";
    case Swept::kBoth:
      return "both";
  }
  return "";
}

std::string_view to_text(PolicyGroup group) {
  return group == PolicyGroup::kGiven ? "given" : "random";
}

graph::Precision swept_precision(Swept swept, int bits) {
  constexpr int kOthers = 8;
  return {swept == Swept::kActivations ? kOthers : bits, swept == Swept::kWeights ? kOthers : bits};
}

NetworkCost network_cost(const std::vector<cost::LayerCost>& layers, Megahertz clock) {
  NetworkCost sum;
  for (const cost::LayerCost& layer : layers) {
    sum.cycles += layer.timing.total;
    sum.energy += layer.energy.total();
    sum.dram += layer.dram_bytes();
  }
  sum.latency = runtime(sum.cycles, clock);
  return sum;
}

std::string energy_table_text(const Comparison& c) {
  return c.energy_table ? " with energies of " + *c.energy_table : "";
}

std::optional<sim::RatioRange> energy_ratio(const Comparison& c, std::size_t policy,
                                            std::size_t machine) {
  const std::optional<NetworkCost>& of = c.policies[policy].costs[machine];
  const std::optional<NetworkCost>& to = c.policies.front().costs[machine];
  if (!of || !to || !of->energy_range) return std::nullopt;
  return sim::ratio_range(*of->energy_range, to->energy_range.value());
}

std::vector<std::string> resource_names(const Comparison& c) {
  std::vector<std::string> names;
  for (const ComparedMachine& machine : c.machines)
    for (const sim::Resource& resource : machine.resources)
      if (std::find(names.begin(), names.end(), resource.name) == names.end())
        names.push_back(resource.name);
  return names;
}

std::vector<Agreement> agreements(const Comparison& c) {
  std::vector<Agreement> all;
  if (!c.swept_keys.empty()) return all;
  for (const Total total : kTotals)
    for (std::size_t a = 0; a < c.machines.size(); ++a)
      for (std::size_t b = a + 1; b < c.machines.size(); ++b)
        for (const PolicyGroup group : {PolicyGroup::kGiven, PolicyGroup::kRandom}) {
          const auto found = agreement(c, total, a, b, group);
          if (found.policies >= 2) all.push_back(found);
        }
  return all;
}

std::vector<int> places(const std::vector<double>& costs) {
  std::vector<double> sorted = costs;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> places;
  for (const double cost : costs)
    places.push_back(static_cast<int>(std::lower_bound(sorted.begin(), sorted.end(), cost) -
                                      sorted.begin() + 1));
  return places;
}

int bits_stop_paying(const std::vector<CostAtBits>& costs, double gain_percent) {
  std::size_t stop = costs.size() - 1;
  const auto pays = [&](std::size_t to) {
    return 100 * (1 - costs[to].cost / costs[to - 1].cost) >= gain_percent;
  };
  while (stop > 0 && !pays(stop)) --stop;
  return costs[stop].bits;
}

int network_stops(const Sweep& sweep, Total total, double gain_percent) {
  return bits_stop_paying(totals_of(sweep, total), gain_percent);
}

std::vector<int> layer_stops(const Sweep& sweep, Total total, double gain_percent) {
  std::vector<int> stops;
  for (std::size_t layer = 0; layer < sweep.steps.front().layers.size(); ++layer) {
    std::vector<CostAtBits> costs;
    for (const SweepStep& step : sweep.steps)
      costs.push_back({step.bits, cost_of(step.layers[layer], total)});
    stops.push_back(bits_stop_paying(costs, gain_percent));
  }
  return stops;
}

std::vector<double> step_gains(const Sweep& sweep, Total total) {
  const std::vector<CostAtBits> totals = totals_of(sweep, total);
  std::vector<double> gains;
  for (std::size_t i = 1; i < totals.size(); ++i)
    gains.push_back(100 * (1 - totals[i].cost / totals[i - 1].cost));
  return gains;
}

}  // namespace bitloom::reports
