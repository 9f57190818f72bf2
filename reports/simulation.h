#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/explanation.h"
#include "reports/results/simulation_file.h"
#include "sim/sensitivity.h"
#include "sim/simulator.h"

namespace bitloom::reports {

/// Where a layer of a table is from.
struct TableRow {
  std::string network;
  std::size_t line = 0;
  bool says_batch = false;
};

/// A layer, what it was asked at and what it came to.
struct SimulatedLayer {
  sim::Job job;
  std::optional<TableRow> row = {};         // of a table's layer
  std::optional<std::string> part_of = {};  // the layer, where the job is of some of its filters
  sim::LayerResult result = {};
  std::optional<Bits> port_bits = {};  // where DRAM is described: across the ports, whole beats
  sim::LayerReport report = {};        // what the machine's family adds
  std::optional<LayerExplanation> explanation = {};  // with --explain
};

/// A priced network, or a priced table of layers, as `simulate` tells it.
struct Simulation {
  std::string network;  // of a table: the name of its file, without folder and ending
  graph::Shape input;   // of a table: empty
  std::string hardware;
  std::string engine;
  std::optional<std::string> energy_table = {};  // a file with constants in place of the hardware's
  std::string technology = {};                   // of the energy constants; empty: nobody says
  std::optional<sim::EnergyRange> energy_range = {};  // by the bounds of constants
  std::optional<std::int64_t> batch;                  // none where rows of a table differ
  Megahertz clock;
  bool writes_back = false;  // results to DRAM
  std::optional<Machine> machine = {};
  std::vector<SimulatedLayer> layers = {};
  sim::NetworkReport report = {};               // what the machine's family adds
  std::optional<Explanation> explanation = {};  // with --explain

  bool is_table() const { return !layers.empty() && layers.front().row; }
  /// Gives each layer its result, and what `machine` tells of it.
  void take(std::vector<sim::LayerResult> results, const sim::Machine& machine);
};

/// Appends a layer's job, of one with bits by filter those of its parts.
void append(const sim::Job& layer, const graph::FilterBits& filters,
            const std::optional<TableRow>& row, std::vector<SimulatedLayer>& layers);

/// Sums over the layers; `macs` and `bops` are for one image, of a table for each row's batch; all
/// else is for the batch.
struct Totals {
  cost::Timing timing;
  cost::Energy energy;
  Bits dram;
  cost::DramActions dram_actions;
  Macs macs;
  BitOps bops;
  double utilization = 0;
};
Totals totals_of(const Simulation& simulation);

/// What the hardware can do at most.
Machine machine_of(const hardware::Hardware& hardware);

/// Mean power: energy / time.
double power_mw(const cost::Energy& energy, Cycles cycles, Megahertz clock);

LayerCosts layer_costs(const SimulatedLayer& layer, Megahertz clock);
SimulationFile simulation_file(const Simulation& simulation);
/// `simulate --json`, schema 1: a SimulationFile and, of each layer, what only its family tells.
std::string simulation_json(const Simulation& simulation);
/// One row a layer, the columns of the JSON; macs and bops of one image, as there. With an
/// explanation the layer's shape, what binds it and its lifts too, and a last row `total`.
std::string simulation_csv(const Simulation& simulation);

}  // namespace bitloom::reports
