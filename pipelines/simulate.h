#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/choices.h"
#include "pipelines/trace_files.h"
#include "reports/simulation.h"

namespace bitloom::pipelines {

/// Layers of a network at the bits of a policy. One with bits by filter is told as its parts.
struct NetworkLayers {
  NetworkChoice network;
  PolicyChoice policy = {};
  std::vector<std::string> layers = {};  // names, patterns, indices, ranges: select_layers(); all
};

/// A table of layers: graph::read_layer_table(). Rows that do not say their bits or their batch
/// have those of the policy, 8/8, and the hardware's batch.
struct LayerTable {
  std::string file;
  PolicyChoice policy = {};
  std::vector<std::string> layers = {};  // as NetworkLayers has them; an index counts rows from 0
};

struct SimulateOptions {
  std::variant<NetworkLayers, LayerTable> layers;
  HardwareChoice hardware;
  bool explain = false;  // what bounds each layer, what each limit costs, what each constant weighs
  EngineChoice engine = {};
  std::optional<TracePaths> trace = {};  // of BISMO's cycle engine: its stages and tokens
};

/// Prices layers one by one. A UserError names what is unknown or wrong, or the layer that the
/// machine cannot run.
reports::Simulation simulate(const SimulateOptions& options, const Host& host = {});

/// The same of a network, its bits, an entry for each layer, and a machine that are loaded already,
/// for many simulations. `options` chooses layers among the network's and says what `hardware` was
/// loaded from, which `explain` reads again with changes.
reports::Simulation simulate(const Network& network, const graph::FilterPolicy& policy,
                             const hardware::Hardware& hardware, const SimulateOptions& options,
                             const Host& host = {});

}  // namespace bitloom::pipelines
