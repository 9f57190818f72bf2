// What a comparison finds: ranks, correlations, swaps, and where bits stop paying.
#include "reports/comparison.h"

#include <algorithm>

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

std::vector<Swap> swaps_of(const std::vector<double>& a, const std::vector<double>& b,
                           std::size_t first_policy) {
  std::vector<Swap> swaps;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j)
      if (a[i] < a[j] && b[j] < b[i])
        swaps.push_back({first_policy + i, first_policy + j, percent_more(a[j], a[i]),
                         percent_more(b[i], b[j])});
  std::stable_sort(swaps.begin(), swaps.end(), [](const Swap& x, const Swap& y) {
    return x.least_percent() > y.least_percent();
  });
  return swaps;
}

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
          swaps_of(on_a, on_b, first)};
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
