#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/policy.h"
#include "pipelines/explore/metrics.h"
#include "pipelines/explore/optimal_bits.h"
#include "pipelines/host.h"
#include "search/explore/expression.h"
#include "search/explore/grid.h"
#include "sim/variants.h"

namespace bitloom::pipelines {

/// A network that runs on each point, with the bits of its layers.
struct SpaceNetwork {
  std::string name;
  double weight = 1;  // of its costs in the mean of all networks
  std::vector<graph::LayerShape> layers;
  graph::Policy policy;  // else chosen on each machine:
  std::optional<OptimalBits> optimal = {};
};

/// What is known of a point when a condition is asked.
enum class Stage { kKnobs, kMachine, kCosts };

struct Constraint {
  search::Condition condition;  // of the names of Space::names()
  Stage stage;
};

/// A space of machines, what runs on them, and what is wanted of them.
struct Space {
  std::string path;
  std::string text;      // of its file
  std::string hardware;  // whose keys the knobs are
  hardware::Variants variants;
  search::Grid grid;
  std::vector<std::vector<double>> numbers;  // [knob][value]; empty where values are no numbers
  std::vector<std::string> fields;           // that conditions may name, by key
  std::vector<Metric> metrics;
  std::vector<Constraint> constraints;
  std::vector<SpaceNetwork> networks;
  std::vector<std::size_t> objectives;  // metrics, by index
  std::string technology;               // of the energy constants; empty: nobody says
  std::string assumed_energies;         // whose the machine has; empty where it gives its own
  std::string fingerprint;              // 16 digits that change with all that decides costs

  const std::vector<hardware::VariedKey>& knobs() const { return variants.keys(); }
  /// Whether bits are chosen on each machine.
  bool chooses_bits() const;
  /// What conditions may name: the fields, then the metrics' columns.
  std::vector<std::string> names() const;
  /// A point's objectives, less being better in each.
  std::vector<double> objectives_of(const std::vector<double>& metrics) const;
};

/// Reads a space (docs/guide/exploration.md): a file, or a name in the folder `spaces` beside that
/// of hardware descriptions. A UserError says file, line and column, or offers the nearest names.
Space load_space(const std::string& name_or_file, const Host& host);
/// The same of the text of the file.
Space space_of(const std::string& path, const std::string& text, const Host& host);

}  // namespace bitloom::pipelines
