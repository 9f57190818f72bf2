// The same figures for programs: JSON and CSV.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/bitfusion.h"
#include "reports/simulation.h"
#include "reports/stages.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

Json energy_json(const cost::Energy& energy) {
  return {{"compute", energy.compute.count()},
          {"buffer", energy.buffer.count()},
          {"dram", energy.dram.count()},
          {"static", energy.leakage.count()}};
}

Json dram_json(const cost::DramActions& dram) {
  return {{"read_bursts", dram.read_bursts},
          {"write_bursts", dram.write_bursts},
          {"activates", dram.activates}};
}

Json stages_json(const cycle::Counters& counters) {
  Json stages = Json::object();
  for (const mapping::Stage stage : all_stages()) {
    const cycle::StageCounters& c = counters.of(stage);
    stages[stage_key(stage)] = {{"run_cycles", c.run.count()},
                                {"idle_cycles", c.idle.count()},
                                {"send_cycles", c.send.count()},
                                {"receive_cycles", c.receive.count()},
                                {"busy_cycles", c.busy.count()},
                                {"efficiency", c.efficiency()},
                                {"bound_by", cycle::to_text(counters.bound(stage))}};
  }
  return stages;
}

Json layer_json(const Simulation& s, const SimulatedLayer& simulated) {
  const auto& [job, row, result, explanation] = simulated;
  const graph::LayerShape& layer = job.layer;
  const cost::LayerCost& cost = result.cost;
  Json json{{"name", layer.name},
            {"kind", graph::to_text(layer.kind)},
            {"weight_bits", job.precision.weight_bits},
            {"activation_bits", job.precision.activation_bits},
            {"cycles", cost.timing.total.count()},
            {"latency_ms", runtime(cost.timing.total, s.clock).count()},
            {"compute_cycles", cost.timing.compute.count()},
            {"fetch_stall_cycles", cost.timing.fetch_stall.count()},
            {"result_stall_cycles", cost.timing.result_stall.count()},
            {"conversion_cycles", cost.timing.conversion.count()},
            {"utilization", cost.utilization},
            {"energy_pj", energy_json(cost.energy)},
            {"power_mw", power_mw(cost.energy, cost.timing.total, s.clock)},
            {"dram_bytes", cost.dram_bytes().count()},
            {"macs", layer.macs().count()},
            {"bops", graph::bops(layer, job.precision).count()}};
  if (cost.actions.dram != cost::DramActions{}) json["dram"] = dram_json(cost.actions.dram);
  if (row) {
    json["network"] = row->network;
    json["batch"] = job.batch;
  }
  if (const auto& mapping = result.bitfusion) {
    json["memory_wait_cycles"] = mapping->memory_wait_cycles();
    json["traffic_bits"] = traffic_json(mapping->traffic);
    json["mapping"] = mapping_json(*mapping);
    if (result.tile_counters) json["array"] = tile_counters_json(*result.tile_counters);
  }
  if (explanation) json.update(layer_explanation_json(*s.explanation, *explanation));
  if (!result.counters) return json;
  json["bound_by"] = cycle::to_text(result.counters->bound());
  json["activation_wait_cycles"] = result.counters->activation_wait.count();
  json["weight_wait_cycles"] = result.counters->weight_wait.count();
  json["drain_cycles"] = result.counters->drain.count();
  json["stages"] = stages_json(*result.counters);
  return json;
}

}  // namespace

std::string simulation_json(const Simulation& s) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  const Totals t = totals_of(s);
  std::int64_t dram_bytes = 0;
  Json layers = Json::array();
  for (const SimulatedLayer& layer : s.layers) {
    layers.push_back(layer_json(s, layer));
    dram_bytes += layer.result.cost.dram_bytes().count();
  }
  Json document{{"schema", 1},
                {"network", s.network},
                {"input", s.is_table() ? Json() : Json(s.input)},
                {"hardware", s.hardware},
                {"engine", s.engine},
                {"batch", s.batch ? Json(*s.batch) : Json()},
                {"clock_mhz", s.clock.count()},
                {"total",
                 {{"cycles", t.timing.total.count()},
                  {"latency_ms", runtime(t.timing.total, s.clock).count()},
                  {"energy_mj", t.energy.total().count() / kPicojoulesPerMillijoule},
                  {"power_mw", power_mw(t.energy, t.timing.total, s.clock)},
                  {"dram_bytes", dram_bytes},
                  {"macs", t.macs.count()},
                  {"bops", t.bops.count()}}},
                {"layers", layers}};
  if (s.energy_table) document["energy_table"] = *s.energy_table;
  if (t.dram_actions != cost::DramActions{}) document["total"]["dram"] = dram_json(t.dram_actions);
  if (s.explanation) document.update(explanation_json(s));
  return document.dump(2) + "\n";
}

std::string simulation_csv(const Simulation& s) {
  std::string csv =
      "name,kind,weight_bits,activation_bits,cycles,latency_ms,compute_cycles,fetch_stall_cycles,"
      "result_stall_cycles,utilization,energy_compute_pj,energy_buffer_pj,energy_dram_pj,"
      "energy_static_pj,dram_bytes,macs,bops,power_mw,conversion_cycles";
  if (s.is_table()) csv += ",network,batch";
  if (s.has_counters()) {
    csv += ",bound_by";
    for (const mapping::Stage stage : all_stages()) csv += "," + stage_key(stage) + "_bound_by";
  }
  if (s.is_bitfusion()) csv += "," + traffic_csv_columns();
  csv += "\n";
  for (const auto& [job, row, result, explanation] : s.layers) {
    const graph::LayerShape& layer = job.layer;
    const cost::LayerCost& cost = result.cost;
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", layer.name,
        graph::to_text(layer.kind), job.precision.weight_bits, job.precision.activation_bits,
        cost.timing.total.count(), runtime(cost.timing.total, s.clock).count(),
        cost.timing.compute.count(), cost.timing.fetch_stall.count(),
        cost.timing.result_stall.count(), cost.utilization, cost.energy.compute.count(),
        cost.energy.buffer.count(), cost.energy.dram.count(), cost.energy.leakage.count(),
        cost.dram_bytes().count(), layer.macs().count(), graph::bops(layer, job.precision).count(),
        power_mw(cost.energy, cost.timing.total, s.clock), cost.timing.conversion.count());
    if (row) csv += fmt::format(",{},{}", row->network, job.batch);
    if (result.counters) {
      csv += fmt::format(",{}", cycle::to_text(result.counters->bound()));
      for (const mapping::Stage stage : all_stages())
        csv += fmt::format(",{}", cycle::to_text(result.counters->bound(stage)));
    }
    if (result.bitfusion) csv += "," + traffic_csv(*result.bitfusion);
    csv += "\n";
  }
  return csv;
}

}  // namespace bitloom::reports
