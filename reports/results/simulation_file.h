#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// `simulate --json`, a run's `simulation.json`.
namespace bitloom::reports {

/// What a machine can do at most.
struct Machine {
  double peak_bops_per_s = 0;   // MACs x W x A
  double dram_bytes_per_s = 0;  // DRAM's peak; where it is not described, of all ports together
  std::optional<double> port_bytes_per_s = {};  // where DRAM is described: of all ports together
};

/// In pJ.
struct EnergyParts {
  double compute = 0, buffer = 0, dram = 0, leakage = 0;
};

struct DramCounts {
  std::int64_t read_bursts = 0, write_bursts = 0, activates = 0;
};

/// A priced layer: times and energies of the whole batch, work of one image.
struct LayerCosts {
  LayerBits bits;
  std::string kind;
  std::int64_t cycles = 0;
  double latency_ms = 0;
  std::int64_t compute_cycles = 0, fetch_stall_cycles = 0, result_stall_cycles = 0;
  std::int64_t conversion_cycles = 0;
  double utilization = 0;
  EnergyParts energy_pj;
  double power_mw = 0;
  std::int64_t dram_bytes = 0;
  std::optional<std::int64_t> port_bytes;  // where DRAM is described
  std::int64_t macs = 0, bops = 0;
  std::optional<DramCounts> dram;
  std::optional<std::string> network;       // of a table's row
  std::optional<std::int64_t> batch;        // of a table's row
  std::optional<std::string> part_of = {};  // the layer that filters of one width are a part of
};

/// Sums over the layers.
struct TotalCosts {
  std::int64_t cycles = 0;
  double latency_ms = 0, energy_mj = 0, power_mw = 0;
  std::optional<double> energy_least_mj = {}, energy_most_mj = {};  // by the bounds of constants
  std::int64_t dram_bytes = 0, macs = 0, bops = 0;
  std::optional<DramCounts> dram;
};

struct SimulationFile {
  std::int64_t schema = 1;
  std::string network;  // of a table: the name of its file, without folder and ending
  std::optional<std::vector<std::int64_t>> input;
  std::string hardware, engine;
  std::optional<std::int64_t> batch;  // none where rows of a table differ
  double clock_mhz = 0;
  std::optional<Machine> machine;
  TotalCosts total;
  std::vector<LayerCosts> layers;
  std::optional<std::string> energy_table;
  std::optional<std::string> energy_technology;  // `45 nm ASIC`

  double ms(std::int64_t cycles) const { return static_cast<double>(cycles) / (1e3 * clock_mhz); }
};

/// The layers, those that are told as parts whole again: sums, with the most bits of a filter.
std::vector<LayerCosts> whole_layers(const std::vector<LayerCosts>& layers);

nlohmann::ordered_json to_json(const SimulationFile& simulation);
SimulationFile read_simulation(const JsonValue& json);

}  // namespace bitloom::reports
