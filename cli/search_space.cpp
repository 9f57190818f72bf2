#include "cli/search_space.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/progress.h"
#include "cli/run_folder.h"
#include "reports/hardware_json.h"
#include "reports/simulation.h"
#include "search/problem/budget.h"

namespace bitloom::cli {
namespace {

constexpr const char* kFreeEdges = "free";

constexpr graph::Precision kEightBits{8, 8};

/// Of each layer the last of `costs`, which is at 8/8.
std::vector<double> costs_at_8_bits(const std::vector<graph::LayerShape>& layers,
                                    const std::vector<std::vector<cost::LayerCost>>& costs,
                                    Megahertz clock) {
  std::vector<cost::LayerCost> last;
  for (const auto& of_layer : costs) last.push_back(of_layer.back());
  return search::network_costs(layers, graph::uniform_policy(layers.size(), kEightBits), last,
                               clock);
}

}  // namespace

nlohmann::ordered_json or_null(const std::optional<std::string>& given) {
  return given ? nlohmann::ordered_json(*given) : nlohmann::ordered_json();
}

void SearchSpaceOptions::add_to(CLI::App& command) {
  network.add_to(command)->required(false);
  hardware.add_to(command);
  hardware.add_energy_table_to(command);
  command.get_option("--hardware")->required(false);
  command
      .add_option("--budget", budgets,
                  "latency=0.6x (of the cost at 8/8), energy=12mJ, dram=90MB, size=1.2MB, bops=7G; "
                  "may be given several times")
      ->type_name("COST=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--weight-bits", weight_bits, "widths that weights may have (2-8)")
      ->type_name("LIST");
  command.add_option("--activation-bits", activation_bits, "and activations (2-8)")
      ->type_name("LIST");
  command
      .add_option("--edge-layers", edge_layers,
                  "bits of the first and last layer, such as 8/8, or free (free; 8/8 where "
                  "accuracy is measured)")
      ->type_name("W/A");
  command
      .add_option("--constraints", constraints,
                  "widths of single layers and layers that choose alike (docs/guide/search.md)")
      ->type_name("FILE");
  engine.add_to(command);
}

PricedNetwork SearchSpaceOptions::price(const std::optional<std::string>& sensitivity) const {
  Network asked = network.load();
  hardware::Hardware machine = hardware.load();
  const sim::EngineOptions pricing = engine.load();
  const int jobs = engine.processes();
  std::optional<graph::Precision> edges;
  if (edge_layers && edge_layers != kFreeEdges)
    edges = graph::parse_precision("--edge-layers", *edge_layers);
  const search::BitSpace space =
      search::make_bit_space(asked.layers,
                             {search::parse_bit_list("--weight-bits", weight_bits),
                              search::parse_bit_list("--activation-bits", activation_bits)},
                             edges, constraints);
  search::Sensitivity omegas;
  if (sensitivity)
    omegas = search::read_sensitivity(*sensitivity, asked.graph.name(), asked.layers);
  omegas.network = asked.graph.name();
  Progress progress("price");
  std::vector<std::vector<graph::Precision>> pairs = search::pairs_of(space);
  for (auto& of_layer : pairs) of_layer.push_back(kEightBits);  // what a budget is a fraction of
  const auto costs = sim::price(
      asked.layers, pairs, machine, machine.batch(), pricing,
      {.jobs = jobs, .progress = [&](double done, std::int64_t of) { progress.update(done, of); }});
  const Megahertz clock = machine.clock();
  search::NetworkProblem problem =
      search::make_network_problem(asked.layers, space, std::move(omegas), costs, clock);
  std::vector<double> full = costs_at_8_bits(asked.layers, costs, clock);
  return {std::move(asked), std::move(machine), std::move(problem), std::move(full)};
}

std::vector<search::Limit> SearchSpaceOptions::limits(const PricedNetwork& priced) const {
  return search::parse_budgets("--budget", budgets, priced.costs_at_8_bits);
}

std::string SearchSpaceOptions::simulation_json(const PricedNetwork& priced,
                                                const graph::Policy& policy) const {
  const auto& machine = priced.hardware;
  reports::Simulation simulation{.network = priced.network.graph.name(),
                                 .input = priced.network.graph.nodes().front().shape,
                                 .hardware = machine.name(),
                                 .engine = engine.engine,
                                 .energy_table = hardware.energy_table,
                                 .batch = machine.batch(),
                                 .clock = machine.clock(),
                                 .writes_back = machine.writes_back(),
                                 .machine = reports::machine_of(machine)};
  const std::vector<sim::Job> jobs = sim::jobs_of(priced.network.layers, policy, machine.batch());
  for (const sim::Job& job : jobs) simulation.layers.push_back({.job = job});
  simulation.take(sim::run(jobs, machine, engine.load()));
  return reports::simulation_json(simulation);
}

std::string SearchSpaceOptions::broken_limits_text(const PricedNetwork& priced,
                                                   const graph::Policy& policy) const {
  constexpr double kRounding = 1e-9;
  std::vector<cost::LayerCost> layers;
  for (const sim::LayerResult& layer : sim::run(priced.network.layers, policy, priced.hardware,
                                                priced.hardware.batch(), engine.load()))
    layers.push_back(layer.cost);
  const std::vector<double> costs =
      search::network_costs(priced.network.layers, policy, layers, priced.hardware.clock());
  std::string text;
  for (const search::Limit& limit : limits(priced)) {
    const double cost = costs[limit.cost];
    if (cost <= limit.value * (1 + kRounding)) continue;
    text += fmt::format(
        "warning: {} is {:.4g} where layers read each other's bits, {:.1f} % over\n"
        "         the limit: the search took each layer by itself (docs/guide/search.md)\n",
        search::cost_kinds()[limit.cost].column, cost, 100 * (cost / limit.value - 1));
  }
  return text;
}

nlohmann::ordered_json SearchSpaceOptions::manifest(const PricedNetwork& priced) const {
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const search::Limit& limit : limits(priced))
    values[priced.problem.problem.cost_names[limit.cost]] = limit.value;
  return {{"network", network.name},
          {"image_size", or_null(network.image_size)},
          {"batch", priced.hardware.batch()},
          {"engine", engine.engine},
          {"stalls", or_null(engine.stalls)},
          {"weight_bits", weight_bits},
          {"activation_bits", activation_bits},
          {"edge_layers", or_null(edge_layers)},
          {"constraints_hash", constraints ? nlohmann::ordered_json(file_hash(*constraints))
                                           : nlohmann::ordered_json()},
          {"budgets", budgets},
          {"limits", values},
          {"hardware", priced.hardware.name()},
          {"hardware_description", reports::hardware_json(priced.hardware)}};
}

}  // namespace bitloom::cli
