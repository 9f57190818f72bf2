// The same for programs: JSON and CSV.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "reports/policy_search.h"
#include "search/solvers/marginal.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

Json costs_json(const search::Problem& problem, const std::vector<double>& costs) {
  Json json = Json::object();
  for (std::size_t k = 0; k < costs.size(); ++k) json[problem.cost_names[k]] = costs[k];
  return json;
}

Json marginal_json(const std::optional<search::LastBits>& last) {
  if (!last) return nullptr;
  const auto rate = last->exchange_rate();
  return {{"from_bits", last->from},
          {"omega_saved", last->omega_saved},
          {"cost", last->cost},
          {"omega_per_cost", rate ? Json(*rate) : Json()}};
}

Json layers_json(const PolicySearch& s) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < s.network->layers.size(); ++i) {
    const std::size_t choice = s.solution.choices[i];
    const graph::Precision precision = s.network->precisions[i][choice];
    const search::Choice& chosen = s.network->problem.layers[i].choices[choice];
    const auto marginals = marginals_of(*s.network, i, choice, s.marginal_cost());
    layers.push_back({{"name", s.network->layers[i].name},
                      {"weight_bits", precision.weight_bits},
                      {"activation_bits", precision.activation_bits},
                      {"omega", chosen.omega},
                      {"cost", costs_json(s.network->problem, chosen.costs)},
                      {"last_weight_bit", marginal_json(marginals.weights)},
                      {"last_activation_bit", marginal_json(marginals.activations)}});
  }
  return layers;
}

Json solution_json(const search::NetworkProblem& network, const search::Solution& solution) {
  return {{"omega", solution.omega},
          {"cost", costs_json(network.problem, solution.costs)},
          {"bound", solution.bound},
          {"proved_optimal", solution.proved_optimal}};
}

std::vector<std::string> labels_of(const search::NetworkProblem& network,
                                   const search::Choices& choices) {
  std::vector<std::string> labels;
  for (const graph::Precision& precision : search::policy_of(network, choices))
    labels.push_back(graph::to_text(precision));
  return labels;
}

}  // namespace

std::string policy_search_json(const PolicySearch& s) {
  const search::Problem& problem = s.network->problem;
  const search::Sensitivity& sensitivity = s.network->sensitivity;
  Json limits = Json::object();
  for (const search::Limit& limit : s.query.limits)
    limits[problem.cost_names[limit.cost]] = limit.value;
  if (s.query.max_omega) limits["omega"] = *s.query.max_omega;
  Json document{{"schema", 1},
                {"network", sensitivity.network},
                {"hardware", s.hardware},
                {"engine", s.engine},
                {"batch", s.batch},
                {"method", s.method},
                {"sensitivity", sensitivity.method},
                {"quantizer", sensitivity.quantizer},
                {"minimized", s.query.minimize_cost ? problem.cost_names[*s.query.minimize_cost]
                                                    : std::string("omega")},
                {"limits", limits},
                {"cost_at_8_bits", costs_json(problem, s.costs_at_8_bits)}};
  document.update(solution_json(*s.network, s.solution));
  document["marginal_cost"] = problem.cost_names[s.marginal_cost()];
  document["layers"] = layers_json(s);
  return document.dump(2) + "\n";
}

std::string policy_json(const std::string& network, const std::vector<graph::LayerShape>& layers,
                        const graph::Policy& policy) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < layers.size(); ++i)
    rows.push_back({{"name", layers[i].name},
                    {"weight_bits", policy[i].weight_bits},
                    {"activation_bits", policy[i].activation_bits}});
  return Json{{"schema", 1}, {"network", network}, {"layers", rows}}.dump(1) + "\n";
}

std::string frontier_csv(const search::NetworkProblem& network,
                         const std::vector<search::SweepPoint>& frontier) {
  std::string csv = fmt::format("limit,omega,bound,proved_optimal,{},policy\n",
                                fmt::join(network.problem.cost_names, ","));
  for (const auto& [limit, solution] : frontier)
    csv += fmt::format("{},{},{},{},{},{}\n", limit, solution.omega, solution.bound,
                       solution.proved_optimal, fmt::join(solution.costs, ","),
                       fmt::join(labels_of(network, solution.choices), " "));
  return csv;
}

std::string frontier_json(const search::NetworkProblem& network,
                          const std::vector<search::SweepPoint>& frontier) {
  Json points = Json::array();
  for (const auto& [limit, solution] : frontier) {
    Json point{{"limit", limit}};
    point.update(solution_json(network, solution));
    point["policy"] = labels_of(network, solution.choices);
    points.push_back(point);
  }
  return Json{{"schema", 1}, {"network", network.sensitivity.network}, {"points", points}}.dump(2) +
         "\n";
}

}  // namespace bitloom::reports
