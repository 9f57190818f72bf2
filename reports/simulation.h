#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/layer_table.h"
#include "models/graph/policy.h"
#include "reports/explanation.h"
#include "sim/analytic/bitfusion/search.h"
#include "sim/cost/layer_cost.h"
#include "sim/cycle/bitfusion/counters.h"
#include "sim/cycle/counters.h"

namespace bitloom::reports {

/// A priced network, or a priced table of layers, as `simulate` tells it.
struct Simulation {
  std::string network;  // of a table: its file
  graph::Shape input;   // of a table: empty
  std::string hardware;
  std::string engine;
  std::optional<std::string> energy_table = {};  // a file with constants in place of the hardware's
  std::optional<std::int64_t> batch;             // none where rows of a table differ
  Megahertz clock;
  bool writes_back = false;  // results to DRAM
  std::vector<graph::LayerShape> layers;
  graph::Policy policy;
  std::vector<mapping::Neighbors> neighbors;  // sim::Job's; empty for a table
  std::vector<graph::LayerRow> rows;          // a table's; empty for a network
  std::vector<cost::LayerCost> costs;
  std::vector<cycle::Counters> counters;                  // of the cycle engine; empty for others
  std::vector<analytic::bitfusion::Mapping> bitfusion;    // of BitFusion; empty for others
  std::vector<cycle::bitfusion::Counters> tile_counters;  // of BitFusion's cycle engine
  std::optional<Explanation> explanation = {};            // with --explain
};

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

/// Mean power: energy / time.
double power_mw(const cost::Energy& energy, Cycles cycles, Megahertz clock);

/// A table a person reads, at most `max_width` wide where layer names allow.
std::string simulation_text(const Simulation& simulation, std::size_t max_width);
/// `simulate --json`, schema 1.
std::string simulation_json(const Simulation& simulation);
/// One row a layer, the columns of the JSON; macs and bops of one image, as there.
std::string simulation_csv(const Simulation& simulation);

}  // namespace bitloom::reports
