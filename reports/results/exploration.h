#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/results/costs.h"

/// What an exploration found, and what a report tells of it.
namespace bitloom::reports {

/// A cost of points: its column with the unit.
struct ExploredMetric {
  std::string column;
  bool is_objective = false;
  bool more_is_better = false;
};

/// A machine of a space with its costs for an image.
struct ExploredPoint {
  std::int64_t number = 0;
  std::vector<std::string> values;  // of the knobs, as settings have them
  std::vector<double> metrics;
};

/// Why points are none, and how many.
struct Refusals {
  std::string reason;
  std::int64_t count = 0;
};

/// What an exploration has found.
struct Exploration {
  std::string store;
  std::string space;        // the file
  std::string technology;   // of the energy constants; empty: nobody says
  double space_points = 0;  // all that it has
  std::int64_t points = 0;  // evaluated
  std::int64_t feasible = 0;
  std::vector<Refusals> refusals;  // the most frequent first
  std::vector<std::string> knobs;  // keys
  std::vector<ExploredMetric> metrics;
  std::optional<std::string> where = {};  // of what the front is one
  std::int64_t matching = 0;              // feasible points for which it holds
  std::int64_t equal = 0;                 // as good as one of the front in every objective
  std::vector<ExploredPoint> front;       // the best in the first objective first
};

/// A run that added points to the store.
struct ExploredRun {
  std::string strategy;
  std::optional<std::string> seed;  // none where nothing is drawn
  std::int64_t evaluations = 0;     // points that the strategy may ask for
  std::int64_t shard = 1, shards = 1;
  bool has_ended = false;  // all that it asks for is in the store
};

/// A network that runs on each machine.
struct ExploredNetwork {
  std::string name;
  std::string bits;  // in words: `4/4, 2 of 53 layers 8/8`
  double weight = 1;
};

/// What is tried of a point: one knob at the value beside its own, all else as it is.
struct ExploredStep {
  std::size_t knob = 0;
  std::string from, to;              // values
  std::int64_t point = 0;            // that it leads to
  bool is_stored = false;            // its costs are from the store, else priced for the report
  std::string refusal;               // empty: it is feasible
  std::vector<double> metrics = {};  // empty where it is refused
};

/// A point of the front that is looked at closely.
struct ChosenPoint {
  std::string name;    // `knee`, `least latency`
  std::size_t at = 0;  // its place in Exploration::front
  std::vector<ExploredStep> steps;
};

/// A layer on a machine; all is of an image.
struct ExploredLayer {
  std::string network;
  LayerBits bits;
  double cycles = 0, latency_ms = 0, energy_mj = 0;
  std::string bound;  // what binds it; empty where the family does not say
};

/// A point of the front with its layers and its machine.
struct OpenedPoint {
  std::size_t at = 0;
  std::vector<ExploredLayer> layers;
  std::string yaml;  // as `--point N` writes it
};

/// An exploration for people: protocol, front, and what to change.
struct ExploredStore {
  Exploration found;
  std::string description;  // the space's; empty where it has none
  std::string hardware;
  std::string engine, version;
  std::vector<ExploredNetwork> networks;
  std::vector<ExploredRun> runs;        // empty where the store does not tell
  bool is_unfinished = false;           // a run still writes to it, or was ended before its time
  std::vector<std::string> objectives;  // as spaces name them
  std::vector<std::size_t> objective_metrics;         // Exploration::metrics, in their order
  std::vector<std::vector<std::string>> knob_values;  // [knob]: all that it may have
  std::vector<ExploredPoint> sample;  // feasible points beside the front, some of many
  std::vector<ChosenPoint> chosen;    // the best of each objective, and the knee
  std::vector<OpenedPoint> opened;    // some of the front, in its order
};

}  // namespace bitloom::reports
