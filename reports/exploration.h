#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  double space_points = 0;  // all that it has
  std::int64_t points = 0;  // evaluated
  std::int64_t feasible = 0;
  std::vector<Refusals> refusals;  // the most frequent first
  std::vector<std::string> knobs;  // keys
  std::vector<ExploredMetric> metrics;
  std::optional<std::string> where = {};  // of what the front is one
  std::int64_t matching = 0;              // feasible points for which it holds
  std::vector<ExploredPoint> front;       // the best in the first objective first
};

std::string exploration_json(const Exploration& result);
/// A row a point of the front: number, knobs, costs.
std::string exploration_csv(const Exploration& result);

}  // namespace bitloom::reports
