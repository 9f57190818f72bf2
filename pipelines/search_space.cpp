#include "pipelines/search_space.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "pipelines/engine_warning.h"
#include "pipelines/network_table.h"
#include "search/measure/sensitivity_methods.h"
#include "search/problem/filter_problem.h"
#include "search/problem/whole_pricing.h"

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
  warn_of_wide_results(space.network, network.layers, kEightBits, machine, host);
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

/// Where policies cost something else as a whole than their layers' prices say, how much.
void price_as_a_whole(search::NetworkProblem& problem, const Unpriced& loaded,
                      const SearchSpace& space, const Host& host) {
  std::optional<Step> step;
  search::price_as_a_whole(problem, loaded.machine, loaded.machine.batch(), space.engine.options,
                           {.jobs = space.engine.jobs, .progress = [&](double done, auto of) {
                              if (!step) step.emplace(host, "price beside neighbours");
                              step->update(done, of);
                            }});
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
  std::vector<std::vector<graph::Precision>> pairs = search::pairs_of(loaded.bits);
  for (auto& of_layer : pairs) of_layer.push_back(kEightBits);  // what a budget is a fraction of
  std::vector<std::vector<sim::PairPrice>> prices;
  {
    Step step(host, "price");
    prices = sim::price(layers, pairs, loaded.machine, loaded.machine.batch(), space.engine.options,
                        {.jobs = space.engine.jobs,
                         .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
  }
  search::NetworkProblem problem = search::make_network_problem(
      layers, loaded.bits, std::move(loaded.sensitivity), prices, loaded.machine.clock());
  price_as_a_whole(problem, loaded, space, host);
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
  search::NetworkProblem problem;
  {
    Step step(host, "price");
    problem = search::make_filter_problem(
        layers, loaded.bits, std::move(loaded.sensitivity), loaded.machine, loaded.machine.batch(),
        space.engine.options,
        {.jobs = space.engine.jobs,
         .progress = [&](double done, std::int64_t of) { step.update(done, of); }},
        {.costs = costs});
  }
  price_as_a_whole(problem, loaded, space, host);
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

}  // namespace bitloom::pipelines
