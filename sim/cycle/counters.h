#pragma once

#include <array>
#include <string_view>

#include "base/quantity.h"
#include "sim/cycle/observer.h"
#include "sim/mapping/instructions.h"

namespace bitloom::cycle {

/// BISMO's counters of a stage over a layer; run + idle + send + receive = the layer's cycles (the
/// result stage's, which works a cycle behind, from cycle 1 on).
struct StageCounters {
  Cycles run;
  Cycles idle;
  Cycles send;
  Cycles receive;
  Cycles busy;  // of `run`: cycles that moved a beat, issued a bit pair or copied a tile pair

  Cycles total() const { return run + idle + send + receive; }
  /// busy / run; 0 for a stage that never ran.
  double efficiency() const;
  void add(State state, Cycles cycles);
  bool operator==(const StageCounters&) const = default;
};

/// What the execute stage spent most cycles on.
enum class Bound { kCompute, kActivationFetch, kWeightFetch, kResult, kPipeline };
std::string_view to_text(Bound bound);

struct Counters {
  std::array<StageCounters, mapping::kStages> stages;  // indexed by mapping::Stage
  Cycles activation_wait;  // the execute stage's, by the operand that came last
  Cycles weight_wait;
  Cycles result_wait;
  Cycles drain;  // pipeline_cycles, once a phase

  const StageCounters& of(mapping::Stage stage) const {
    return stages[static_cast<std::size_t>(stage)];
  }
  StageCounters& of(mapping::Stage stage) { return stages[static_cast<std::size_t>(stage)]; }
  Bound bound() const;
  bool operator==(const Counters&) const = default;
};

}  // namespace bitloom::cycle
