#include "reports/simulation.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "reports/millijoules.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

std::optional<DramCounts> dram_counts(const cost::DramActions& dram) {
  if (dram == cost::DramActions{}) return {};
  return DramCounts{dram.read_bursts, dram.write_bursts, dram.activates};
}

TotalCosts total_costs(const Simulation& s) {
  const Totals t = totals_of(s);
  TotalCosts total{.cycles = t.timing.total.count(),
                   .latency_ms = runtime(t.timing.total, s.clock).count(),
                   .energy_mj = millijoules(t.energy.total()),
                   .power_mw = power_mw(t.energy, t.timing.total, s.clock),
                   .dram_bytes = 0,
                   .macs = t.macs.count(),
                   .bops = t.bops.count(),
                   .dram = dram_counts(t.dram_actions)};
  for (const SimulatedLayer& layer : s.layers)
    total.dram_bytes += layer.result.cost.dram_bytes().count();
  if (s.energy_range) {
    total.energy_least_mj = millijoules(s.energy_range->least);
    total.energy_most_mj = millijoules(s.energy_range->most);
  }
  return total;
}

Json facts_json(const std::vector<sim::Fact>& facts);

Json value_json(const sim::Fact::Value& value) {
  return std::visit(
      [](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::vector<sim::Fact>>)
          return facts_json(v);
        else
          return Json(v);
      },
      value);
}

Json facts_json(const std::vector<sim::Fact>& facts) {
  Json json = Json::object();
  for (const sim::Fact& fact : facts) json[fact.name] = value_json(fact.value);
  return json;
}

/// What the layer's family and an explanation tell beyond LayerCosts.
Json details_json(const Simulation& s, const SimulatedLayer& layer) {
  Json json = facts_json(layer.report.facts);
  if (layer.explanation) json.update(layer_explanation_json(*s.explanation, *layer.explanation));
  json.update(facts_json(layer.report.counters));
  return json;
}

}  // namespace

void append(const sim::Job& layer, const graph::FilterBits& filters,
            const std::optional<TableRow>& row, std::vector<SimulatedLayer>& layers) {
  for (sim::Job& part : sim::parts_of(layer, filters)) {
    SimulatedLayer& simulated = layers.emplace_back(SimulatedLayer{std::move(part), row});
    if (!filters.empty()) simulated.part_of = layer.layer.name;
  }
}

void Simulation::take(std::vector<sim::LayerResult> results, const sim::Machine& machine) {
  ensure(results.size() == layers.size(), "a simulation has a result for each layer");
  report = machine.report(results);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].report = machine.report(results[i]);
    if (machine.dram_bytes_per_second()) layers[i].port_bits = machine.port_bits(results[i]);
    layers[i].result = std::move(results[i]);
  }
}

Machine machine_of(const hardware::Hardware& hardware) {
  const sim::Roofline roofs = sim::roofs_of(hardware);
  Machine machine{roofs.peak_bops_per_second, roofs.bytes_per_second};
  if (roofs.has_dram) machine.port_bytes_per_s = roofs.port_bytes_per_second;
  return machine;
}

double power_mw(const cost::Energy& energy, Cycles cycles, Megahertz clock) {
  constexpr double kMilliwattsPerPicojouleAMillisecond = 1e-6;
  return energy.total().count() / runtime(cycles, clock).count() *
         kMilliwattsPerPicojouleAMillisecond;
}

Totals totals_of(const Simulation& s) {
  Totals t;
  double needed = 0, possible = 0;
  for (const SimulatedLayer& layer : s.layers) {
    const cost::LayerCost& cost = layer.result.cost;
    const auto cycles = static_cast<double>(cost.timing.total.count());
    t.timing.total += cost.timing.total;
    t.timing.conversion += cost.timing.conversion;
    t.timing.compute += cost.timing.compute;
    t.timing.fetch_stall += cost.timing.fetch_stall;
    t.timing.result_stall += cost.timing.result_stall;
    t.energy.compute += cost.energy.compute;
    t.energy.buffer += cost.energy.buffer;
    t.energy.dram += cost.energy.dram;
    t.energy.leakage += cost.energy.leakage;
    t.dram += cost.dram;
    t.dram_actions += cost.dram_actions;
    const std::int64_t images = layer.row ? layer.job.batch : 1;
    t.macs += images * layer.job.layer.macs();
    t.bops += images * graph::bops(layer.job.layer, layer.job.precision);
    needed += cost.utilization * cycles;
    possible += cycles;
  }
  t.utilization = possible > 0 ? needed / possible : 0;
  return t;
}

LayerCosts layer_costs(const SimulatedLayer& simulated, Megahertz clock) {
  const graph::LayerShape& layer = simulated.job.layer;
  const graph::Precision bits = simulated.job.precision;
  const cost::LayerCost& cost = simulated.result.cost;
  LayerCosts costs{.bits = {layer.name, bits.weight_bits, bits.activation_bits},
                   .kind = std::string(graph::to_text(layer.kind)),
                   .cycles = cost.timing.total.count(),
                   .latency_ms = runtime(cost.timing.total, clock).count(),
                   .compute_cycles = cost.timing.compute.count(),
                   .fetch_stall_cycles = cost.timing.fetch_stall.count(),
                   .result_stall_cycles = cost.timing.result_stall.count(),
                   .conversion_cycles = cost.timing.conversion.count(),
                   .utilization = cost.utilization,
                   .energy_pj = {cost.energy.compute.count(), cost.energy.buffer.count(),
                                 cost.energy.dram.count(), cost.energy.leakage.count()},
                   .power_mw = power_mw(cost.energy, cost.timing.total, clock),
                   .dram_bytes = cost.dram_bytes().count(),
                   .port_bytes = {},
                   .macs = layer.macs().count(),
                   .bops = graph::bops(layer, bits).count(),
                   .dram = dram_counts(cost.dram_actions),
                   .network = {},
                   .batch = {},
                   .part_of = simulated.part_of};
  if (simulated.port_bits) costs.port_bytes = bytes_holding(*simulated.port_bits).count();
  if (simulated.row) {
    costs.network = simulated.row->network;
    costs.batch = simulated.job.batch;
  }
  return costs;
}

SimulationFile simulation_file(const Simulation& s) {
  SimulationFile file{.network = s.network,
                      .input = {},
                      .hardware = s.hardware,
                      .engine = s.engine,
                      .batch = s.batch,
                      .clock_mhz = s.clock.count(),
                      .machine = s.machine,
                      .total = total_costs(s),
                      .layers = {},
                      .energy_table = s.energy_table,
                      .energy_technology = {}};
  if (!s.technology.empty()) file.energy_technology = s.technology;
  if (!s.is_table()) file.input = s.input;
  for (const SimulatedLayer& layer : s.layers) file.layers.push_back(layer_costs(layer, s.clock));
  return file;
}

std::string simulation_json(const Simulation& s) {
  Json document = to_json(simulation_file(s));
  for (std::size_t i = 0; i < s.layers.size(); ++i)
    document["layers"][i].update(details_json(s, s.layers[i]));
  if (s.explanation) document.update(explanation_json(s));
  return bitloom::json_text(document, 2) + "\n";
}

}  // namespace bitloom::reports
