// A comparison for programs: JSON and CSV.
#include <limits>

#include <fmt/format.h>

#include "base/csv_parser.h"
#include "reports/comparison.h"
#include "reports/millijoules.h"
#include "reports/resources.h"
#include "reports/results/comparison_file.h"

namespace bitloom::reports {
namespace {

/// Policies that the machine refuses come last.
std::vector<int> places_on(const Comparison& c, std::size_t machine, Total total) {
  std::vector<double> costs;
  for (const ComparedPolicy& policy : c.policies)
    costs.push_back(policy.costs[machine] ? policy.on(machine).of(total)
                                          : std::numeric_limits<double>::infinity());
  return places(costs);
}

std::string group_of(const ComparedPolicy& policy) {
  return std::string(to_text(policy.is_random ? PolicyGroup::kRandom : PolicyGroup::kGiven));
}

EnergyEnds energy_ends(const Comparison& c, std::size_t policy, std::size_t machine) {
  const std::optional<sim::EnergyRange>& range = c.policies[policy].on(machine).energy_range;
  if (!range) return {};
  EnergyEnds ends{millijoules(range->least), millijoules(range->most), {}, {}};
  if (const auto ratio = energy_ratio(c, policy, machine)) {
    ends.ratio_least = ratio->least;
    ends.ratio_most = ratio->most;
  }
  return ends;
}

std::vector<PlacedPolicy> placed_policies(const Comparison& c) {
  std::vector<PlacedPolicy> policies;
  for (const ComparedPolicy& policy : c.policies) {
    PlacedPolicy& placed =
        policies.emplace_back(PlacedPolicy{policy.name, group_of(policy), {}, {}});
    for (const graph::Precision& layer : policy.bits.layers)
      placed.bits.push_back({layer.weight_bits, layer.activation_bits});
    if (policy.bits.by_filter()) placed.filter_bits = policy.bits.filters;
    for (const std::optional<NetworkCost>& cost : policy.costs) {
      std::optional<PlacedCost>& told = placed.costs.emplace_back();
      if (cost)
        told = PlacedCost{.cycles = cost->cycles.count(),
                          .latency_ms = cost->latency.count(),
                          .energy_mj = millijoules(cost->energy),
                          .dram_bytes = cost->dram.count()};
    }
  }
  for (std::size_t m = 0; m < c.machines.size(); ++m) {
    const std::vector<int> by_latency = places_on(c, m, Total::kLatency);
    const std::vector<int> by_energy = places_on(c, m, Total::kEnergy);
    for (std::size_t i = 0; i < policies.size(); ++i) {
      if (!policies[i].costs[m]) continue;
      policies[i].costs[m]->latency_place = by_latency[i];
      policies[i].costs[m]->energy_place = by_energy[i];
      policies[i].costs[m]->energy = energy_ends(c, i, m);
    }
  }
  return policies;
}

/// The amount of a resource on a machine; empty where its family does not tell.
std::string amount_text(const std::string& resource, const ComparedMachine& machine) {
  for (const sim::Resource& each : machine.resources)
    if (each.name == resource) return fmt::format("{}", told_amount(each));
  return "";
}

HardwareAgreement told(const Agreement& a, const Comparison& c) {
  HardwareAgreement agreement{.of = std::string(to_text(a.total)),
                              .hardware = {c.machines[a.a].name, c.machines[a.b].name},
                              .group = std::string(to_text(a.group)),
                              .policies = static_cast<std::int64_t>(a.policies),
                              .spearman = a.spearman,
                              .kendall = a.kendall,
                              .pairs = a.pairs.all,
                              .swapped = a.pairs.swapped,
                              .swaps = {},
                              .swaps_left_out = {}};
  const auto told = static_cast<std::int64_t>(a.swaps.size());
  if (told < a.pairs.swapped) agreement.swaps_left_out = a.pairs.swapped - told;
  for (const Swap& swap : a.swaps)
    agreement.swaps.push_back({c.policies[swap.better_on_a].name, c.policies[swap.better_on_b].name,
                               swap.percent_on_a, swap.percent_on_b});
  return agreement;
}

BitSweep told(const Sweep& sweep, const Comparison& c, Total total) {
  BitSweep bits{.of = std::string(to_text(total)),
                .hardware = c.machines[sweep.machine].name,
                .swept = std::string(to_text(sweep.swept)),
                .bits = {},
                .refused = {},
                .step_saves_percent = {},
                .stops_at = {},
                .layers_stop_at = {}};
  for (const SweepStep& step : sweep.steps) bits.bits.push_back(step.bits);
  if (!sweep.refused.empty()) bits.refused = sweep.refused;
  if (sweep.steps.empty()) return bits;
  bits.step_saves_percent = step_gains(sweep, total);
  bits.stops_at = network_stops(sweep, total, c.gain_percent);
  const std::vector<int> stops = layer_stops(sweep, total, c.gain_percent);
  Named<int>& layers = bits.layers_stop_at.emplace();
  for (std::size_t i = 0; i < stops.size(); ++i) layers[c.layers[i].name] = stops[i];
  return bits;
}

/// The swept keys but for `batch`, which has a column in every table.
std::vector<std::size_t> keys_of_their_own(const Comparison& c) {
  std::vector<std::size_t> keys;
  for (std::size_t i = 0; i < c.swept_keys.size(); ++i)
    if (c.swept_keys[i] != "batch") keys.push_back(i);
  return keys;
}

}  // namespace

std::string comparison_json(const Comparison& c) {
  ComparisonFile file{.network = c.network,
                      .input = {},
                      .engine = c.engine,
                      .energy_table = c.energy_table,
                      .hardware = {},
                      .seed = c.seed,
                      .policies = placed_policies(c),
                      .agreements = {},
                      .gain_percent = c.gain_percent,
                      .sweeps = {},
                      .refused = {}};
  if (!c.input.empty()) file.input = c.input;
  for (const ComparedMachine& machine : c.machines) {
    ComparedHardware& told = file.hardware.emplace_back(
        ComparedHardware{machine.name, machine.batch, machine.clock.count()});
    for (std::size_t i = 0; i < machine.values.size(); ++i)
      told.set[c.swept_keys[i]] = machine.values[i];
    if (!machine.technology.empty()) told.energy_technology = machine.technology;
    for (const sim::Resource& resource : machine.resources)
      told.resources[resource_key(resource)] = told_amount(resource);
  }
  for (const RefusedMachine& refused : c.refused)
    file.refused.push_back({refused.name, refused.policy, refused.reason});
  for (const Agreement& each : agreements(c)) file.agreements.push_back(told(each, c));
  for (const Total total : kTotals)
    for (const Sweep& sweep : c.sweeps) file.sweeps.push_back(told(sweep, c, total));
  return json_text(file);
}

std::string comparison_csv(const Comparison& c) {
  std::string csv =
      "policy,group,hardware,batch,cycles,latency_ms,energy_mj,dram_bytes,latency_place,"
      "energy_place";
  const std::vector<std::string> resources =
      c.swept_keys.empty() ? std::vector<std::string>() : resource_names(c);
  for (const std::string& resource : resources) csv += "," + resource_key({resource, 0});
  csv += ",energy_least_mj,energy_most_mj,energy_ratio_least,energy_ratio_most";
  const std::vector<std::size_t> keys = keys_of_their_own(c);
  for (const std::size_t key : keys) csv += "," + csv_cell(c.swept_keys[key]);
  csv += "\n";
  for (std::size_t m = 0; m < c.machines.size(); ++m) {
    const std::vector<int> by_latency = places_on(c, m, Total::kLatency);
    const std::vector<int> by_energy = places_on(c, m, Total::kEnergy);
    for (std::size_t i = 0; i < c.policies.size(); ++i) {
      if (!c.policies[i].costs[m]) continue;
      const NetworkCost& cost = c.policies[i].on(m);
      csv += fmt::format("{},{},{},{},{},{},{},{},{},{}", csv_cell(c.policies[i].name),
                         group_of(c.policies[i]), csv_cell(c.machines[m].name), c.machines[m].batch,
                         cost.cycles.count(), cost.latency.count(), millijoules(cost.energy),
                         cost.dram.count(), by_latency[i], by_energy[i]);
      for (const std::string& resource : resources)
        csv += "," + amount_text(resource, c.machines[m]);
      const EnergyEnds energy = energy_ends(c, i, m);
      for (const auto& end :
           {energy.least_mj, energy.most_mj, energy.ratio_least, energy.ratio_most})
        csv += end ? fmt::format(",{}", *end) : ",";
      for (const std::size_t key : keys) csv += "," + csv_cell(c.machines[m].values[key]);
      csv += "\n";
    }
  }
  return csv;
}

}  // namespace bitloom::reports
