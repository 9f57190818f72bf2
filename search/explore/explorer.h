#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "search/explore/grid.h"

namespace bitloom::search {

/// What a point came to: its objectives, less being better, or none where it was refused.
struct Outcome {
  std::int64_t point;
  std::optional<std::vector<double>> values;
};

/// A strategy: it asks for points of a space and is told what they come to. It never sees what
/// prices them. The same task and the same answers make the same questions, so that an exploration
/// goes on by being asked again from its start.
class Explorer {
 public:
  virtual ~Explorer() = default;
  /// The points to evaluate next, none of them a second time; none: it has ended.
  virtual std::vector<std::int64_t> ask() = 0;
  /// The outcomes of what was asked last, in that order.
  virtual void tell(const std::vector<Outcome>& outcomes) = 0;
};

/// Another value of one knob of a point.
struct Move {
  std::int64_t to;  // the point that it leads to
  double saved;     // of the time of the point's longest layers, a share; below 0 where it costs
};

/// What a strategy is asked to do.
struct ExplorerTask {
  const Grid& grid;              // of points that have numbers
  std::int64_t evaluations = 0;  // points that it may ask for, at most; not of `exhaustive`
  std::uint64_t seed = 1;
  std::size_t objectives = 2;
  /// The moves from a feasible point to the values beside its own, as far as they can be made.
  std::function<std::vector<Move>(std::int64_t point)> moves = {};
};

}  // namespace bitloom::search
