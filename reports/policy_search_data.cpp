#include "reports/policy_search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/millijoules.h"
#include "reports/results/search_file.h"
#include "search/solvers/marginal.h"

namespace bitloom::reports {
namespace {

Costs costs_of(const search::Problem& problem, const std::vector<double>& values) {
  Costs costs;
  for (std::size_t k = 0; k < values.size(); ++k) costs[problem.cost_names[k]] = values[k];
  return costs;
}

std::optional<LastBit> last_bit(const std::optional<search::LastBits>& last) {
  if (!last) return {};
  return LastBit{last->from, last->omega_saved, last->cost, last->exchange_rate()};
}

std::vector<SearchedLayer> searched_layers(const PolicySearch& s) {
  std::vector<SearchedLayer> layers;
  for (std::size_t i = 0; i < s.network->layers.size(); ++i) {
    const std::size_t choice = s.solution.choices[i];
    const graph::Precision bits = s.network->precisions[i][choice];
    const search::Choice& chosen = s.network->problem.layers[i].choices[choice];
    const auto marginals = marginals_of(*s.network, i, choice, s.marginal_cost());
    const graph::FilterBits filters =
        s.network->by_filter() ? s.network->filters[i][choice] : graph::FilterBits{};
    layers.push_back(
        {.bits = {s.network->layers[i].name, bits.weight_bits, bits.activation_bits, filters},
         .omega = chosen.omega,
         .costs = costs_of(s.network->problem, chosen.costs),
         .last_weight_bit = last_bit(marginals.weights),
         .last_activation_bit = last_bit(marginals.activations)});
  }
  return layers;
}

std::optional<double> gap_of(const search::Solution& solution) {
  return solution.proved_optimal ? std::nullopt : std::optional(solution.gap);
}

/// What the energy of a policy may be, beside that at the reference.
EnergyEnds searched_energy_ends(const PolicySearch& s,
                                const std::optional<sim::EnergyRange>& energy) {
  if (!energy || !s.energy_at_8_bits) return {};
  const sim::RatioRange ratio = sim::ratio_range(*energy, *s.energy_at_8_bits);
  return {millijoules(energy->least), millijoules(energy->most), ratio.least, ratio.most};
}

std::vector<std::string> labels_of(const search::NetworkProblem& network,
                                   const search::Choices& choices) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < choices.size(); ++i)
    labels.push_back(network.problem.layers[i].choices[choices[i]].label);
  return labels;
}

}  // namespace

std::string policy_search_json(const PolicySearch& s) {
  const search::Problem& problem = s.network->problem;
  const search::Sensitivity& sensitivity = s.network->sensitivity;
  SearchFile file{.network = sensitivity.network,
                  .hardware = s.hardware,
                  .engine = s.engine,
                  .batch = s.batch,
                  .method = s.method,
                  .sensitivity = sensitivity.method,
                  .quantizer = sensitivity.quantizer,
                  .minimized = s.query.minimize_cost ? problem.cost_names[*s.query.minimize_cost]
                                                     : std::string("omega"),
                  .limits = {},
                  .costs_at_8_bits = {},
                  .omega = s.solution.omega,
                  .costs = costs_of(problem, s.solution.costs),
                  .energy = searched_energy_ends(s, s.energy),
                  .bound = s.solution.bound,
                  .proved_optimal = s.solution.proved_optimal,
                  .gap = gap_of(s.solution),
                  .marginal_cost = problem.cost_names[s.marginal_cost()],
                  .layers = searched_layers(s)};
  Costs compared = costs_of(problem, s.costs_at_8_bits);
  if (s.reference == graph::Precision{8, 8})
    file.costs_at_8_bits = std::move(compared);
  else
    file.reference = {graph::to_text(s.reference), std::move(compared)};
  if (!s.technology.empty()) file.energy_technology = s.technology;
  for (const search::Limit& limit : s.query.limits)
    file.limits[problem.cost_names[limit.cost]] = limit.value;
  if (s.query.max_omega) file.limits["omega"] = *s.query.max_omega;
  return json_text(file);
}

std::string policy_json(const std::string& network, const std::vector<graph::LayerShape>& layers,
                        const graph::FilterPolicy& policy) {
  PolicyFile file{.network = network, .layers = {}};
  for (std::size_t i = 0; i < layers.size(); ++i)
    file.layers.push_back({layers[i].name, policy.layers[i].weight_bits,
                           policy.layers[i].activation_bits, policy.of(i)});
  return json_text(file);
}

std::string frontier_csv(const PolicySearch& s, const std::vector<search::SweepPoint>& frontier,
                         const std::vector<std::optional<sim::EnergyRange>>& energies) {
  std::string csv = fmt::format(
      "limit,omega,bound,proved_optimal,{},policy,energy_least_mj,energy_most_mj,"
      "energy_ratio_least,energy_ratio_most\n",
      fmt::join(s.network->problem.cost_names, ","));
  for (std::size_t i = 0; i < frontier.size(); ++i) {
    const auto& [limit, solution] = frontier[i];
    csv += fmt::format("{},{},{},{},{},{}", limit, solution.omega, solution.bound,
                       solution.proved_optimal, fmt::join(solution.costs, ","),
                       fmt::join(labels_of(*s.network, solution.choices), " "));
    const EnergyEnds ends = searched_energy_ends(s, energies[i]);
    for (const auto& end : {ends.least_mj, ends.most_mj, ends.ratio_least, ends.ratio_most})
      csv += end ? fmt::format(",{}", *end) : ",";
    csv += "\n";
  }
  return csv;
}

std::string frontier_json(const PolicySearch& s, const std::vector<search::SweepPoint>& frontier,
                          const std::vector<std::optional<sim::EnergyRange>>& energies) {
  FrontierFile file{.network = s.network->sensitivity.network, .points = {}};
  for (std::size_t i = 0; i < frontier.size(); ++i) {
    const auto& [limit, solution] = frontier[i];
    file.points.push_back({.limit = limit,
                           .omega = solution.omega,
                           .costs = costs_of(s.network->problem, solution.costs),
                           .energy = searched_energy_ends(s, energies[i]),
                           .bound = solution.bound,
                           .proved_optimal = solution.proved_optimal,
                           .gap = gap_of(solution),
                           .policy = labels_of(*s.network, solution.choices)});
  }
  return json_text(file);
}

}  // namespace bitloom::reports
