#include "search/problem/whole_pricing.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "search/problem/budget.h"
#include "sim/alike.h"

namespace bitloom::search {
namespace {

/// What jobs cost, those that are alike priced once.
class JobPrices {
 public:
  JobPrices(hardware::Hardware hardware, const sim::EngineOptions& engine)
      : hardware_(std::move(hardware)), engine_(engine) {}

  const hardware::Hardware& hardware() const { return hardware_; }

  void add(const std::vector<sim::Job>& jobs, const sim::Execution& execution) {
    const auto prices = sim::prices_of(jobs, hardware_, engine_, execution);
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (prices[i].runs()) prices_.emplace(key_of(jobs[i]), prices[i].cost);
  }
  sim::JobKey key_of(const sim::Job& job) const { return sim::key_of(hardware_.machine(), job); }
  /// None of a job that was added and cannot be mapped.
  const cost::LayerCost* find(const sim::Job& job) const {
    const auto found = prices_.find(key_of(job));
    return found == prices_.end() ? nullptr : &found->second;
  }
  const cost::LayerCost& at(const sim::Job& job) {
    const auto [place, is_new] = prices_.try_emplace(key_of(job));
    if (is_new) place->second = sim::run(job, hardware_, engine_).cost;
    return place->second;
  }

 private:
  hardware::Hardware hardware_;
  sim::EngineOptions engine_;
  std::map<sim::JobKey, cost::LayerCost> prices_;
};

struct LessBits {
  bool operator()(graph::Precision a, graph::Precision b) const {
    return std::pair(a.weight_bits, a.activation_bits) <
           std::pair(b.weight_bits, b.activation_bits);
  }
};

/// The bits that layers may have: the fewest of each, the most, and all that any has.
struct Widths {
  graph::Policy fewest, most;
  std::set<int> all;
};

Widths widths_of(const NetworkProblem& network) {
  Widths widths;
  for (const std::vector<graph::Precision>& precisions : network.precisions) {
    graph::Precision& fewest = widths.fewest.emplace_back(precisions.front());
    graph::Precision& most = widths.most.emplace_back(precisions.front());
    for (const auto [weights, activations] : precisions) {
      fewest = {std::min(fewest.weight_bits, weights),
                std::min(fewest.activation_bits, activations)};
      most = {std::max(most.weight_bits, weights), std::max(most.activation_bits, activations)};
      widths.all.insert({weights, activations});
    }
  }
  return widths;
}

/// `least`, `most` and all widths between them.
std::vector<int> between(int least, int most, const std::set<int>& all) {
  std::set<int> found{least, most};
  found.insert(all.lower_bound(least), all.upper_bound(most));
  return {found.begin(), found.end()};
}

/// Layers among those that they read and are read by.
struct Surroundings {
  const std::vector<graph::LayerShape>& layers;
  Widths widths;
  std::int64_t batch;
  const JobPrices& prices;

  /// A layer at bits of its own beside all that its neighbours may be, no two jobs alike.
  std::vector<sim::Job> jobs(std::size_t layer, graph::Precision own) const {
    const sim::Neighbors least = neighbors(widths.fewest, layer, own);
    const sim::Neighbors most = neighbors(widths.most, layer, own);
    std::vector<std::optional<int>> inputs{least.input_bits};
    if (least.input_bits) {
      const std::vector<int> known = between(*least.input_bits, *most.input_bits, widths.all);
      inputs.assign(known.begin(), known.end());
    }
    std::vector<sim::Job> found;
    std::set<sim::JobKey> kinds;
    for (const std::optional<int>& input : inputs)
      for (const int output : between(least.output_bits, most.output_bits, widths.all)) {
        sim::Job job{layers[layer], own, batch, {input, output}};
        if (kinds.insert(prices.key_of(job)).second) found.push_back(std::move(job));
      }
    return found;
  }

  /// Whether they are all one, that of a table.
  bool matter(const std::vector<sim::Job>& jobs) const {
    sim::Job alone = jobs.front();
    alone.neighbors = sim::at_own_bits(alone.neighbors, alone.precision.activation_bits);
    return jobs.size() > 1 || prices.key_of(alone) != prices.key_of(jobs.front());
  }

 private:
  sim::Neighbors neighbors(graph::Policy policy, std::size_t layer, graph::Precision own) const {
    policy[layer] = own;
    return sim::neighbors_of(layers, policy)[layer];
  }
};

/// Whether what a layer costs depends on its neighbours' bits.
bool matter_anywhere(const NetworkProblem& network, const Surroundings& around,
                     const sim::Machine& machine) {
  const auto beside = [&](int bits) { return machine.relevant({bits, bits}); };
  if (beside(graph::kMinBits) == beside(graph::kMaxBits)) return false;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const std::set<graph::Precision, LessBits> own(network.precisions[i].begin(),
                                                   network.precisions[i].end());
    for (const graph::Precision bits : own)
      if (around.matter(around.jobs(i, bits))) return true;
  }
  return false;
}

/// A choice's least costs beside all that its neighbours may be; a job that cannot be mapped is
/// none of theirs.
std::vector<double> least_costs(const std::vector<sim::Job>& jobs, const JobPrices& prices,
                                std::vector<double> least) {
  for (const sim::Job& job : jobs)
    if (const cost::LayerCost* price = prices.find(job)) {
      const auto costs = layer_costs(job.layer, job.precision, *price, prices.hardware().clock());
      for (std::size_t k = 0; k < least.size(); ++k) least[k] = std::min(least[k], costs[k]);
    }
  return least;
}

/// Prices each choice beside all that its neighbours may be.
Problem least_problem(const NetworkProblem& network, const Surroundings& around, JobPrices& prices,
                      const sim::Execution& execution) {
  std::vector<sim::Job> distinct;
  std::set<sim::JobKey> kinds;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    for (const graph::Precision own : network.precisions[i])
      for (sim::Job& job : around.jobs(i, own))
        if (kinds.insert(prices.key_of(job)).second) distinct.push_back(std::move(job));
  prices.add(distinct, execution);
  Problem least = network.problem;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    for (std::size_t c = 0; c < network.precisions[i].size(); ++c) {
      std::vector<double>& costs = least.layers[i].choices[c].costs;
      costs = least_costs(around.jobs(i, network.precisions[i][c]), prices, costs);
    }
  return least;
}

}  // namespace

void price_as_a_whole(NetworkProblem& network, const hardware::Hardware& hardware,
                      std::int64_t batch, const sim::EngineOptions& engine,
                      const sim::Execution& execution) {
  const auto prices = std::make_shared<JobPrices>(hardware, engine);
  const Surroundings around{network.layers, widths_of(network), batch, *prices};
  if (!matter_anywhere(network, around, hardware.machine())) return;
  WholePricing whole;
  if (!network.by_filter()) whole.least = least_problem(network, around, *prices, execution);
  whole.costs = [prices, batch, layers = network.layers](const graph::FilterPolicy& policy) {
    std::vector<double> sum(cost_kinds().size());
    for (const sim::Job& job : sim::jobs_of(layers, policy, batch)) {
      const auto costs =
          layer_costs(job.layer, job.precision, prices->at(job), prices->hardware().clock());
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += costs[k];
    }
    return sum;
  };
  network.whole = std::move(whole);
}

}  // namespace bitloom::search
