// A comparison for programs: JSON and CSV.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/comparison.h"
#include "reports/millijoules.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

std::vector<int> places_on(const Comparison& c, std::size_t machine, Total total) {
  std::vector<double> costs;
  for (const ComparedPolicy& policy : c.policies) costs.push_back(policy.costs[machine].of(total));
  return places(costs);
}

Json machines_json(const Comparison& c) {
  Json machines = Json::array();
  for (const ComparedMachine& machine : c.machines)
    machines.push_back(
        {{"name", machine.name}, {"batch", machine.batch}, {"clock_mhz", machine.clock.count()}});
  return machines;
}

Json policies_json(const Comparison& c) {
  Json policies = Json::array();
  for (const ComparedPolicy& policy : c.policies) {
    Json bits = Json::array(), costs = Json::array();
    for (const graph::Precision& layer : policy.bits)
      bits.push_back({layer.weight_bits, layer.activation_bits});
    for (const NetworkCost& cost : policy.costs)
      costs.push_back({{"cycles", cost.cycles.count()},
                       {"latency_ms", cost.latency.count()},
                       {"energy_mj", millijoules(cost.energy)},
                       {"dram_bytes", cost.dram.count()}});
    policies.push_back(
        {{"name", policy.name},
         {"group", to_text(policy.is_random ? PolicyGroup::kRandom : PolicyGroup::kGiven)},
         {"bits", bits},
         {"costs", costs}});
  }
  for (std::size_t m = 0; m < c.machines.size(); ++m)
    for (const Total total : kTotals) {
      const std::vector<int> all = places_on(c, m, total);
      for (std::size_t i = 0; i < all.size(); ++i)
        policies[i]["costs"][m][std::string(to_text(total)) + "_place"] = all[i];
    }
  return policies;
}

Json agreements_json(const Comparison& c) {
  Json all = Json::array();
  for (const Agreement& a : agreements(c)) {
    Json swaps = Json::array();
    for (const Swap& swap : a.swaps)
      swaps.push_back({{"better_on_first", c.policies[swap.better_on_a].name},
                       {"better_on_second", c.policies[swap.better_on_b].name},
                       {"percent_on_first", swap.percent_on_a},
                       {"percent_on_second", swap.percent_on_b}});
    all.push_back({{"of", to_text(a.total)},
                   {"hardware", {c.machines[a.a].name, c.machines[a.b].name}},
                   {"group", to_text(a.group)},
                   {"policies", a.policies},
                   {"spearman", or_null(a.spearman)},
                   {"kendall", or_null(a.kendall)},
                   {"pairs", a.pairs.all},
                   {"swaps", swaps}});
  }
  return all;
}

Json sweep_json(const Comparison& c, const Sweep& sweep, Total total) {
  Json bits = Json::array();
  for (const SweepStep& step : sweep.steps) bits.push_back(step.bits);
  Json json{{"of", to_text(total)},
            {"hardware", c.machines[sweep.machine].name},
            {"swept", to_text(sweep.swept)},
            {"bits", bits},
            {"refused", sweep.refused.empty() ? Json() : Json(sweep.refused)}};
  if (sweep.steps.empty()) return json;
  Json layers = Json::object();
  const std::vector<int> stops = layer_stops(sweep, total, c.gain_percent);
  for (std::size_t i = 0; i < stops.size(); ++i) layers[c.layers[i].name] = stops[i];
  json["step_saves_percent"] = step_gains(sweep, total);
  json["stops_at"] = network_stops(sweep, total, c.gain_percent);
  json["layers_stop_at"] = layers;
  return json;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

}  // namespace

std::string comparison_json(const Comparison& c) {
  Json sweeps = Json::array();
  for (const Total total : kTotals)
    for (const Sweep& sweep : c.sweeps) sweeps.push_back(sweep_json(c, sweep, total));
  const Json document{{"schema", 1},
                      {"network", c.network},
                      {"input", c.input},
                      {"engine", c.engine},
                      {"hardware", machines_json(c)},
                      {"seed", c.seed},
                      {"policies", policies_json(c)},
                      {"agreements", agreements_json(c)},
                      {"gain_percent", c.gain_percent},
                      {"sweeps", sweeps}};
  return document.dump(2) + "\n";
}

std::string comparison_csv(const Comparison& c) {
  std::string csv =
      "policy,group,hardware,batch,cycles,latency_ms,energy_mj,dram_bytes,latency_place,"
      "energy_place\n";
  for (std::size_t m = 0; m < c.machines.size(); ++m) {
    const std::vector<int> by_latency = places_on(c, m, Total::kLatency);
    const std::vector<int> by_energy = places_on(c, m, Total::kEnergy);
    for (std::size_t i = 0; i < c.policies.size(); ++i) {
      const NetworkCost& cost = c.policies[i].costs[m];
      csv += fmt::format(
          "{},{},{},{},{},{},{},{},{},{}\n", csv_cell(c.policies[i].name),
          to_text(c.policies[i].is_random ? PolicyGroup::kRandom : PolicyGroup::kGiven),
          c.machines[m].name, c.machines[m].batch, cost.cycles.count(), cost.latency.count(),
          millijoules(cost.energy), cost.dram.count(), by_latency[i], by_energy[i]);
    }
  }
  return csv;
}

}  // namespace bitloom::reports
