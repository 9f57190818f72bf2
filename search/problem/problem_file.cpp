#include "search/problem/problem_file.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/document.h"
#include "base/error.h"
#include "base/json.h"

namespace bitloom::search {
namespace {

constexpr double kMostFigure = 1e30;
/// A choice takes 250 bytes and 10 values: 1,000 layers with all pairs of widths up to 16.
constexpr DocumentLimits kLimits{.bytes = 64u << 20, .values = 2'560'000};

std::vector<std::string> labels_of(const LayerChoices& layer) {
  std::vector<std::string> labels;
  for (const Choice& choice : layer.choices) labels.push_back(choice.label);
  return labels;
}

/// The costs by `names`, which the first choice of the file decides.
std::vector<double> read_costs(const DocumentValue& costs, std::vector<std::string>& names) {
  const auto entries = costs.entries();
  if (names.empty())
    for (const auto& entry : entries) names.push_back(entry.key);
  if (names.empty()) throw costs.error("must name a cost, such as {\"latency_ms\": 0.2}");
  costs.allow_only(names);
  std::vector<double> values;
  for (const std::string& name : names) values.push_back(costs.at(name).real(0, kMostFigure));
  return values;
}

void read_allowed(const DocumentValue& allowed, LayerChoices& layer) {
  const std::vector<std::string> labels = labels_of(layer);
  for (Choice& choice : layer.choices) choice.allowed = false;
  for (const DocumentValue& item : allowed.items()) {
    const auto index = std::find(labels.begin(), labels.end(), item.one_of("label", labels));
    layer.choices[static_cast<std::size_t>(index - labels.begin())].allowed = true;
  }
  if (allowed.items().empty()) throw allowed.error("must list one of the labels at least");
}

LayerChoices read_layer(const DocumentValue& item, std::vector<std::string>& cost_names) {
  item.allow_only({"name", "choices", "allowed"});
  LayerChoices layer{item.at("name").text(), {}};
  for (const DocumentValue& choice : item.at("choices").items()) {
    choice.allow_only({"label", "omega", "cost"});
    const std::string label = choice.at("label").text();
    const std::vector<std::string> labels = labels_of(layer);
    if (std::find(labels.begin(), labels.end(), label) != labels.end())
      throw choice.at("label").error(fmt::format("'{}' is there twice", label));
    layer.choices.push_back({label, choice.at("omega").real(-kMostFigure, kMostFigure),
                             read_costs(choice.at("cost"), cost_names)});
  }
  if (layer.choices.empty()) throw item.at("choices").error("must list a choice at least");
  if (item.has("allowed")) read_allowed(item.at("allowed"), layer);
  return layer;
}

void read_ties(const DocumentValue& ties, Problem& problem) {
  const auto last = static_cast<std::int64_t>(problem.layers.size()) - 1;
  for (const DocumentValue& item : ties.items()) {
    std::vector<std::size_t> tie;
    for (const DocumentValue& index : item.items()) {
      tie.push_back(static_cast<std::size_t>(index.integer(0, last)));
      const LayerChoices& first = problem.layers[tie.front()];
      const LayerChoices& layer = problem.layers[tie.back()];
      if (labels_of(layer) != labels_of(first))
        throw index.error(fmt::format(
            "layer '{}' has choices {}, '{}', to which it is tied, has {}", layer.name,
            fmt::join(labels_of(layer), ", "), first.name, fmt::join(labels_of(first), ", ")));
    }
    if (tie.empty()) throw item.error("must list the indices of the layers that choose alike");
    problem.ties.push_back(std::move(tie));
  }
  for (const auto& group : groups_of(problem))
    if (allowed_in(problem, group).empty())
      throw ties.error(
          fmt::format("layer '{}' and those tied to it are allowed no choice in common",
                      problem.layers[group.front()].name));
}

Budget read_budget(const DocumentValue& item, const Problem& problem) {
  item.allow_only({"name", "limits"});
  Budget budget{item.at("name").text(), {}};
  item.at("limits").allow_only(problem.cost_names);
  for (const auto& [name, value] : item.at("limits").entries())
    budget.limits.push_back({cost_index(problem, name), value.real(0, kMostFigure)});
  return budget;
}

Problem problem_of(const DocumentValue& document) {
  document.allow_only({"schema", "origin", "layers", "ties", "budgets", "optima"});
  if (document.has("schema")) document.at("schema").integer(1, 1);
  Problem problem;
  for (const DocumentValue& item : document.at("layers").items()) {
    problem.layers.push_back(read_layer(item, problem.cost_names));
    const std::string& name = problem.layers.back().name;
    for (std::size_t i = 0; i + 1 < problem.layers.size(); ++i)
      if (problem.layers[i].name == name)
        throw item.at("name").error(fmt::format("'{}' is there twice", name));
  }
  if (problem.layers.empty()) throw document.at("layers").error("must list a layer at least");
  if (document.has("ties")) read_ties(document.at("ties"), problem);
  for (const DocumentValue& item : document.at("budgets").items())
    problem.budgets.push_back(read_budget(item, problem));
  if (problem.budgets.empty()) throw document.at("budgets").error("must list a budget at least");
  return problem;
}

}  // namespace

Problem read_problem(const std::string& path) { return problem_of(load_document(path, kLimits)); }

Problem parse_problem(const std::string& name, const std::string& text) {
  return problem_of(value_of(name, text));
}

std::string problem_json(const Problem& problem, const std::string& origin) {
  using Json = nlohmann::ordered_json;
  const auto costs_json = [&](const std::vector<double>& costs) {
    Json json = Json::object();
    for (std::size_t i = 0; i < costs.size(); ++i) json[problem.cost_names[i]] = costs[i];
    return json;
  };
  Json layers = Json::array(), budgets = Json::array();
  for (const LayerChoices& layer : problem.layers) {
    Json choices = Json::array(), allowed = Json::array();
    for (const Choice& choice : layer.choices) {
      choices.push_back(
          {{"label", choice.label}, {"omega", choice.omega}, {"cost", costs_json(choice.costs)}});
      if (choice.allowed) allowed.push_back(choice.label);
    }
    layers.push_back({{"name", layer.name}, {"choices", choices}});
    if (allowed.size() < choices.size()) layers.back()["allowed"] = allowed;
  }
  for (const Budget& budget : problem.budgets) {
    Json limits = Json::object();
    for (const Limit& limit : budget.limits) limits[problem.cost_names[limit.cost]] = limit.value;
    budgets.push_back({{"name", budget.name}, {"limits", limits}});
  }
  const Json document{{"schema", 1},
                      {"origin", origin},
                      {"layers", layers},
                      {"ties", problem.ties},
                      {"budgets", budgets}};
  return json_text(document, 1) + "\n";
}

}  // namespace bitloom::search
