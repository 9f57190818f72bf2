#include "pipelines/search_space.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "pipelines/engine_warning.h"
#include "pipelines/network_table.h"
#include "reports/simulation.h"
#include "search/measure/sensitivity_methods.h"
#include "search/problem/filter_problem.h"

namespace bitloom::pipelines {
namespace {

constexpr graph::Precision kEightBits{8, 8};

/// Tells of pairs of bits that are no choices.
void warn_of_refusals(const search::NetworkProblem& problem,
                      const std::vector<std::vector<sim::PairPrice>>& prices, const Host& host) {
  std::size_t refused = 0;
  const std::string* first = nullptr;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    refused += prices[i].size() - 1 - problem.precisions[i].size();  // the last is at 8/8
    for (std::size_t pair = 0; pair + 1 < prices[i].size(); ++pair)
      if (!prices[i][pair].runs() && !first) first = &prices[i][pair].refusal;
  }
  if (refused > 0 && host.warning)
    host.warning(
        fmt::format("search: {} of bits {} left out, at which a layer cannot be mapped; "
                    "the first: {}",
                    refused == 1 ? "1 pair" : fmt::format("{} pairs", refused),
                    refused == 1 ? "is" : "are", *first));
}

/// The layers of some policies as jobs of their own, each at each of its bits once.
class LayersAtBits {
 public:
  explicit LayersAtBits(const PricedNetwork& priced) : priced_(priced) {}

  /// Of each layer of the policy, which of jobs() it is.
  std::vector<std::size_t> places_of(const graph::FilterPolicy& policy) {
    const std::vector<sim::Job> lone =
        sim::lone_jobs_of(priced_.network.layers, policy.layers, priced_.hardware.batch());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < lone.size(); ++i)
      for (sim::Job& part : sim::parts_of(lone[i], policy.of(i))) {
        const graph::Precision bits = part.precision;
        const auto [place, is_new] =
            known_.try_emplace({i, bits.weight_bits, bits.activation_bits, part.layer.out_channels,
                                part.neighbors.input_is_laid_out},
                               jobs_.size());
        if (is_new) jobs_.push_back(std::move(part));
        places.push_back(place->second);
      }
    return places;
  }
  const std::vector<sim::Job>& jobs() const { return jobs_; }

 private:
  const PricedNetwork& priced_;
  std::map<std::tuple<std::size_t, int, int, std::int64_t, bool>, std::size_t> known_;
  std::vector<sim::Job> jobs_;
};

/// As search::parse_bit_list() reads it: `2-8`, else `2,4,8`.
std::string bit_list_text(const std::vector<int>& bits) {
  const bool is_range = bits.size() > 1 &&
                        bits.back() - bits.front() == static_cast<int>(bits.size()) - 1 &&
                        std::is_sorted(bits.begin(), bits.end());
  return is_range ? fmt::format("{}-{}", bits.front(), bits.back())
                  : fmt::format("{}", fmt::join(bits, ","));
}

}  // namespace

namespace {

/// A network on hardware and the bits that its layers may have, not yet priced.
struct Unpriced {
  Network network;
  hardware::Hardware machine;
  search::BitSpace bits;
  search::Sensitivity sensitivity = {};
};

Unpriced load(const SearchSpace& space, const std::optional<std::string>& sensitivity,
              const Host& host) {
  Network network = load(space.network, host);
  hardware::Hardware machine = load(space.hardware, host);
  require_batch(network, machine.batch());
  warn_of_what_is_left_out(space.engine, machine, host);
  search::BitSpace bits =
      search::make_bit_space(network.layers, {space.weight_bits, space.activation_bits},
                             space.edge_layers, space.constraints);
  Unpriced loaded{std::move(network), std::move(machine), std::move(bits)};
  if (sensitivity) {
    loaded.sensitivity =
        search::read_sensitivity(*sensitivity, loaded.network.graph.name(), loaded.network.layers);
    if (const auto noise = search::noise_warning(loaded.sensitivity); noise && host.warning)
      host.warning(*sensitivity + ": " + *noise);
  }
  loaded.sensitivity.network = loaded.network.graph.name();
  return loaded;
}

/// A uniform policy that costs are compared with, and what the network costs at it.
struct Reference {
  graph::Precision bits;
  std::vector<double> costs;
};

/// The first layer's refusal; null where all can be mapped.
const std::string* refusal_of(const std::vector<sim::PairPrice>& prices) {
  for (const sim::PairPrice& price : prices)
    if (!price.runs()) return &price.refusal;
  return nullptr;
}

std::vector<sim::PairPrice> uniform_prices(const Unpriced& loaded, graph::Precision bits,
                                           const sim::EngineOptions& engine, int jobs) {
  const std::vector<std::vector<graph::Precision>> pairs(loaded.network.layers.size(), {bits});
  std::vector<sim::PairPrice> prices;
  for (auto& of_layer : sim::price(loaded.network.layers, pairs, loaded.machine,
                                   loaded.machine.batch(), engine, {.jobs = jobs}))
    prices.push_back(std::move(of_layer.front()));
  return prices;
}

Reference reference_at(const Unpriced& loaded, graph::Precision bits,
                       const std::vector<sim::PairPrice>& prices) {
  std::vector<cost::LayerCost> costs;
  for (const sim::PairPrice& price : prices) costs.push_back(price.cost);
  const std::vector<graph::LayerShape>& layers = loaded.network.layers;
  return {bits, search::network_costs(layers, graph::uniform_policy(layers.size(), bits), costs,
                                      loaded.machine.clock())};
}

/// The pairs that are looked among, those of the most bit products first; 4/4 before 8/2.
std::vector<graph::Precision> most_bits_first(const SearchSpace& space) {
  std::vector<graph::Precision> pairs;
  for (const int weight_bits : space.weight_bits)
    for (const int activation_bits : space.activation_bits)
      pairs.push_back({weight_bits, activation_bits});
  const auto most = [](const graph::Precision& p) {
    return std::tuple(p.weight_bits * p.activation_bits, std::min(p.weight_bits, p.activation_bits),
                      p.weight_bits);
  };
  std::sort(pairs.begin(), pairs.end(),
            [&](const auto& a, const auto& b) { return most(a) > most(b); });
  return pairs;
}

/// `eight`: each layer at 8/8. A UserError where no pair can be mapped on every layer.
Reference reference_of(const SearchSpace& space, const Unpriced& loaded,
                       const std::vector<sim::PairPrice>& eight, const Host& host) {
  const std::string* refusal = refusal_of(eight);
  if (!refusal) return reference_at(loaded, kEightBits, eight);
  for (const graph::Precision bits : most_bits_first(space)) {
    if (refusal_of(uniform_prices(loaded, bits, {}, space.engine.jobs))) continue;
    if (host.warning)
      host.warning(
          fmt::format("search: {}; costs are compared with those at {}, the most bits asked for "
                      "that every layer can have",
                      *refusal, graph::to_text(bits)));
    return reference_at(loaded, bits,
                        uniform_prices(loaded, bits, space.engine.options, space.engine.jobs));
  }
  throw unsupported(*refusal +
                    "; a search compares costs with those at 8/8, or at bits asked for that every "
                    "layer can have, and there are none");
}

}  // namespace

PricedNetwork price(const SearchSpace& space, const std::optional<std::string>& sensitivity,
                    const Host& host) {
  Unpriced loaded = load(space, sensitivity, host);
  const std::vector<graph::LayerShape>& layers = loaded.network.layers;
  Step step(host, "price");
  std::vector<std::vector<graph::Precision>> pairs = search::pairs_of(loaded.bits);
  for (auto& of_layer : pairs) of_layer.push_back(kEightBits);  // what a budget is a fraction of
  const auto prices =
      sim::price(layers, pairs, loaded.machine, loaded.machine.batch(), space.engine.options,
                 {.jobs = space.engine.jobs,
                  .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
  search::NetworkProblem problem = search::make_network_problem(
      layers, loaded.bits, std::move(loaded.sensitivity), prices, loaded.machine.clock());
  std::vector<sim::PairPrice> eight;
  for (const auto& of_layer : prices) eight.push_back(of_layer.back());
  auto [reference, costs] = reference_of(space, loaded, eight, host);
  warn_of_refusals(problem, prices, host);
  return {std::move(loaded.network), std::move(loaded.machine), std::move(problem),
          std::move(costs), reference};
}

PricedNetwork price_by_filter(const SearchSpace& space, const std::string& sensitivity,
                              const std::vector<std::size_t>& costs, const Host& host) {
  Unpriced loaded = load(space, sensitivity, host);
  const std::vector<graph::LayerShape>& layers = loaded.network.layers;
  auto [reference, of_reference] = reference_of(
      space, loaded, uniform_prices(loaded, kEightBits, space.engine.options, space.engine.jobs),
      host);
  Step step(host, "price");
  search::NetworkProblem problem = search::make_filter_problem(
      layers, loaded.bits, std::move(loaded.sensitivity), loaded.machine, loaded.machine.batch(),
      space.engine.options,
      {.jobs = space.engine.jobs,
       .progress = [&](double done, std::int64_t of) { step.update(done, of); }},
      {.costs = costs});
  return {std::move(loaded.network), std::move(loaded.machine), std::move(problem),
          std::move(of_reference), reference};
}

std::vector<search::Limit> limits(const SearchSpace& space, const PricedNetwork& priced) {
  return search::limits_of("--budget", space.budgets, priced.costs_at_8_bits);
}

void declare(const SearchSpace& space, const PricedNetwork& priced, Manifest& manifest) {
  const auto& [network, hardware, engine, budgets, weight_bits, activation_bits, edge_layers,
               constraints] = space;
  declare(network, manifest);
  declare(engine, manifest);
  manifest.option("weight_bits", bit_list_text(weight_bits));
  manifest.option("activation_bits", bit_list_text(activation_bits));
  manifest.option("edge_layers", edge_layers);
  manifest.file("constraints", constraints);
  std::vector<std::string> texts;
  for (const search::AskedBudget& budget : budgets) texts.push_back(search::to_text(budget));
  manifest.fact("budgets", texts);
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const search::Limit& limit : limits(space, priced))
    values[priced.problem.problem.cost_names[limit.cost]] = limit.value;
  manifest.fact("limits", values);
  declare(hardware, priced.hardware, manifest);
}

std::string simulation_json(const SearchSpace& space, const PricedNetwork& priced,
                            const graph::FilterPolicy& policy) {
  const auto& machine = priced.hardware;
  reports::Simulation simulation{.network = priced.network.graph.name(),
                                 .input = priced.network.input(),
                                 .hardware = machine.name(),
                                 .engine = space.engine.name(),
                                 .energy_table = space.hardware.energy_table,
                                 .technology = machine.energy_technology(),
                                 .batch = machine.batch(),
                                 .clock = machine.clock(),
                                 .writes_back = machine.writes_back(),
                                 .machine = reports::machine_of(machine)};
  const std::vector<sim::Job> layers =
      sim::jobs_of(priced.network.layers, policy.layers, machine.batch());
  for (std::size_t i = 0; i < layers.size(); ++i)
    reports::append(layers[i], policy.of(i), {}, simulation.layers);
  std::vector<sim::Job> jobs;
  for (const reports::SimulatedLayer& layer : simulation.layers) jobs.push_back(layer.job);
  std::vector<sim::LayerResult> results =
      sim::run(jobs, machine, space.engine.options, {.jobs = space.engine.jobs});
  simulation.energy_range = sim::energy_range(jobs, results, machine, space.engine.options);
  simulation.take(std::move(results), machine.machine());
  return reports::simulation_json(simulation);
}

std::optional<sim::EnergyRange> energy_range(const SearchSpace& space, const PricedNetwork& priced,
                                             const std::vector<sim::Job>& jobs) {
  const sim::EngineOptions& engine = space.engine.options;
  return sim::energy_range(jobs,
                           sim::run(jobs, priced.hardware, engine, {.jobs = space.engine.jobs}),
                           priced.hardware, engine);
}

std::optional<sim::EnergyRange> energy_by_layer(const SearchSpace& space,
                                                const PricedNetwork& priced,
                                                const graph::FilterPolicy& policy) {
  return energies_by_layer(space, priced, {policy}).front();
}

std::vector<std::optional<sim::EnergyRange>> energies_by_layer(
    const SearchSpace& space, const PricedNetwork& priced,
    const std::vector<graph::FilterPolicy>& policies) {
  const sim::EngineOptions& engine = space.engine.options;
  if (!sim::energy_range({}, {}, priced.hardware, engine))  // no constant is bounded
    return std::vector<std::optional<sim::EnergyRange>>(policies.size());
  LayersAtBits layers(priced);
  std::vector<std::vector<std::size_t>> places;
  for (const graph::FilterPolicy& policy : policies) places.push_back(layers.places_of(policy));
  const std::vector<sim::LayerResult> all =
      sim::run(layers.jobs(), priced.hardware, engine, {.jobs = space.engine.jobs});
  std::vector<std::optional<sim::EnergyRange>> ranges;
  for (const std::vector<std::size_t>& of_policy : places) {
    std::vector<sim::Job> jobs;
    std::vector<sim::LayerResult> results;
    for (const std::size_t place : of_policy) {
      jobs.push_back(layers.jobs()[place]);
      results.push_back(all[place]);
    }
    ranges.push_back(sim::energy_range(jobs, results, priced.hardware, engine));
  }
  return ranges;
}

std::vector<double> policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                                 const graph::FilterPolicy& policy) {
  return policies_costs(engine, priced, {policy}).front();
}

std::vector<std::vector<double>> policies_costs(const EngineChoice& engine,
                                                const PricedNetwork& priced,
                                                const std::vector<graph::FilterPolicy>& policies) {
  std::vector<sim::Job> jobs;
  std::vector<std::size_t> ends;  // of each policy's jobs
  for (const graph::FilterPolicy& policy : policies) {
    for (sim::Job& job : sim::jobs_of(priced.network.layers, policy, priced.hardware.batch()))
      jobs.push_back(std::move(job));
    ends.push_back(jobs.size());
  }
  const std::vector<sim::LayerResult> results =
      sim::run(jobs, priced.hardware, engine.options, {.jobs = engine.jobs});
  std::vector<std::vector<double>> costs;
  std::size_t i = 0;
  for (const std::size_t end : ends) {
    std::vector<graph::LayerShape> layers;
    graph::Policy bits;
    std::vector<cost::LayerCost> of_layers;
    for (; i < end; ++i) {
      layers.push_back(jobs[i].layer);
      bits.push_back(jobs[i].precision);
      of_layers.push_back(results[i].cost);
    }
    costs.push_back(search::network_costs(layers, bits, of_layers, priced.hardware.clock()));
  }
  return costs;
}

std::vector<BrokenLimit> broken_limits(const SearchSpace& space, const PricedNetwork& priced,
                                       const graph::FilterPolicy& policy) {
  constexpr double kRounding = 1e-9;
  const std::vector<double> costs = policy_costs(space.engine, priced, policy);
  std::vector<BrokenLimit> broken;
  for (const search::Limit& limit : limits(space, priced))
    if (costs[limit.cost] > limit.value * (1 + kRounding))
      broken.push_back({limit.cost, costs[limit.cost], limit.value});
  return broken;
}

}  // namespace bitloom::pipelines
