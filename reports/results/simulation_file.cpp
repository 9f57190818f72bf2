#include "reports/results/simulation_file.h"

#include <algorithm>

#include "reports/results/fields.h"

namespace bitloom::reports {

template <class Fields>
void fields(Fields& f, Is<Machine> auto& machine) {
  f.needs("peak_bops_per_s", at_least(0, machine.peak_bops_per_s));
  f.needs("dram_bytes_per_s", at_least(0, machine.dram_bytes_per_s));
  f.may("port_bytes_per_s", machine.port_bytes_per_s);
}

template <class Fields>
void fields(Fields& f, Is<EnergyParts> auto& energy) {
  f.needs("compute", at_least(0, energy.compute));
  f.needs("buffer", at_least(0, energy.buffer));
  f.needs("dram", at_least(0, energy.dram));
  f.needs("static", at_least(0, energy.leakage));
}

template <class Fields>
void fields(Fields& f, Is<DramCounts> auto& dram) {
  f.needs("read_bursts", dram.read_bursts);
  f.needs("write_bursts", dram.write_bursts);
  f.needs("activates", dram.activates);
}

template <class Fields>
void fields(Fields& f, Is<LayerCosts> auto& layer) {
  f.needs("name", layer.bits.name);
  f.has("kind", layer.kind);
  f.needs("weight_bits", layer.bits.weight_bits);
  f.needs("activation_bits", layer.bits.activation_bits);
  f.has("cycles", layer.cycles);
  f.needs("latency_ms", at_least(0, layer.latency_ms));
  f.needs("compute_cycles", layer.compute_cycles);
  f.needs("fetch_stall_cycles", layer.fetch_stall_cycles);
  f.needs("result_stall_cycles", layer.result_stall_cycles);
  f.has("conversion_cycles", layer.conversion_cycles);
  f.has("utilization", at_least(0, layer.utilization));
  f.needs("energy_pj", layer.energy_pj);
  f.has("power_mw", at_least(0, layer.power_mw));
  f.needs("dram_bytes", layer.dram_bytes);
  f.may("port_bytes", layer.port_bytes);
  f.has("macs", layer.macs);
  f.has("bops", layer.bops);
  f.may("dram", layer.dram);
  f.may("network", layer.network);
  f.may("batch", layer.batch);
  f.may("part_of", layer.part_of);
}

template <class Fields>
void fields(Fields& f, Is<TotalCosts> auto& total) {
  f.has("cycles", total.cycles);
  f.needs("latency_ms", at_least(0, total.latency_ms));
  f.needs("energy_mj", at_least(0, total.energy_mj));
  f.may("energy_least_mj", total.energy_least_mj);
  f.may("energy_most_mj", total.energy_most_mj);
  f.needs("power_mw", at_least(0, total.power_mw));
  f.needs("dram_bytes", total.dram_bytes);
  f.has("macs", total.macs);
  f.has("bops", total.bops);
  f.may("dram", total.dram);
}

template <class Fields>
void fields(Fields& f, Is<SimulationFile> auto& simulation) {
  f.has("schema", schema(simulation.schema));
  f.has("network", simulation.network);
  f.or_null("input", simulation.input);
  f.has("hardware", simulation.hardware);
  f.has("engine", simulation.engine);
  f.or_null("batch", simulation.batch);
  f.needs("clock_mhz", at_least(1e-3, simulation.clock_mhz));
  f.may("machine", simulation.machine);
  f.has("total", simulation.total);
  f.needs("layers", simulation.layers);
  f.may("energy_table", simulation.energy_table);
  f.may("energy_technology", simulation.energy_technology);
}

namespace {

template <class Count>
void add(std::optional<Count>& sum, const std::optional<Count>& more) {
  if (sum && more) *sum += *more;
}

/// Adds a part of the same layer.
void add(LayerCosts& sum, const LayerCosts& part) {
  const auto cycles = static_cast<double>(sum.cycles), more = static_cast<double>(part.cycles);
  if (cycles + more > 0)
    sum.utilization = (sum.utilization * cycles + part.utilization * more) / (cycles + more);
  if (sum.latency_ms + part.latency_ms > 0)
    sum.power_mw = (sum.power_mw * sum.latency_ms + part.power_mw * part.latency_ms) /
                   (sum.latency_ms + part.latency_ms);
  sum.bits.weight_bits = std::max(sum.bits.weight_bits, part.bits.weight_bits);
  sum.cycles += part.cycles;
  sum.latency_ms += part.latency_ms;
  sum.compute_cycles += part.compute_cycles;
  sum.fetch_stall_cycles += part.fetch_stall_cycles;
  sum.result_stall_cycles += part.result_stall_cycles;
  sum.conversion_cycles += part.conversion_cycles;
  sum.energy_pj.compute += part.energy_pj.compute;
  sum.energy_pj.buffer += part.energy_pj.buffer;
  sum.energy_pj.dram += part.energy_pj.dram;
  sum.energy_pj.leakage += part.energy_pj.leakage;
  sum.dram_bytes += part.dram_bytes;
  add(sum.port_bytes, part.port_bytes);
  sum.macs += part.macs;
  sum.bops += part.bops;
  if (sum.dram && part.dram) {
    sum.dram->read_bursts += part.dram->read_bursts;
    sum.dram->write_bursts += part.dram->write_bursts;
    sum.dram->activates += part.dram->activates;
  }
}

}  // namespace

std::vector<LayerCosts> whole_layers(const std::vector<LayerCosts>& layers) {
  std::vector<LayerCosts> whole;
  std::optional<std::string> last;  // that parts are of
  for (const LayerCosts& layer : layers) {
    if (layer.part_of && layer.part_of == last) {
      add(whole.back(), layer);
      continue;
    }
    last = layer.part_of;
    whole.push_back(layer);
    if (layer.part_of) whole.back().bits.name = *layer.part_of;
    whole.back().part_of.reset();
  }
  return whole;
}

nlohmann::ordered_json to_json(const SimulationFile& simulation) { return written(simulation); }

SimulationFile read_simulation(const JsonValue& json) {
  SimulationFile simulation = read_result<SimulationFile>(json);
  if (simulation.batch == 0) throw json.at("batch").error("must be at least 1, got 0");
  if (simulation.layers.empty())
    throw json.at("layers").error("must have an entry for each layer, got none");
  return simulation;
}

}  // namespace bitloom::reports
