#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/quantity.h"
#include "sim/families/bismo/instructions.h"
#include "sim/families/bismo/observer.h"

namespace bitloom::cycle {

/// BISMO's counters of a stage over a layer; run + idle + send + receive = the layer's cycles (the
/// result stage's, which works a cycle behind, from cycle 1 on).
struct StageCounters {
  Cycles run;
  Cycles idle;
  Cycles send;
  Cycles receive;
  Cycles busy;   // of `run`: cycles that moved a beat, issued a bit pair or copied a tile pair
  Cycles issue;  // of `run`: before the work of an instruction

  Cycles total() const { return run + idle + send + receive; }
  /// busy / run; 0 for a stage that never ran.
  double efficiency() const;
  void add(State state, Cycles cycles);
  StageCounters& operator+=(const StageCounters& other);
  bool operator==(const StageCounters&) const = default;
};

/// What a stage spends cycles on while it has instructions: its own work, or waiting.
enum class Bound {
  kConversion,       // of a layer: its activations become bit-planes
  kCompute,          // execute: issues bit pairs
  kActivationFetch,  // execute: a plane of activations has not come
  kWeightFetch,      // execute: a plane of weights has not come
  kResult,           // execute: no free accumulator bank
  kPipeline,         // execute: drains
  kIssue,            // an instruction is issued
  kPort,             // fetch, result: moves beats
  kMemory,           // fetch, result: instruction under way, but no beat comes or is taken
  kFullQueue,        // fetch, result: no room for a token
  kExecute,          // fetch, result: waits for a token from execute
};
/// `compute`, `activation fetch`, ...
std::string_view to_text(Bound bound);

/// Cycles that a stage spent on something.
struct Spent {
  Bound on;
  Cycles cycles;
};

struct Counters {
  std::array<StageCounters, mapping::kStages> stages;  // indexed by mapping::Stage
  Cycles activation_wait;  // the execute stage's, by the operand that came last
  Cycles weight_wait;
  Cycles result_wait;
  Cycles drain;       // pipeline_cycles, once a phase
  Cycles conversion;  // in which all stages are idle

  const StageCounters& of(mapping::Stage stage) const {
    return stages[static_cast<std::size_t>(stage)];
  }
  StageCounters& of(mapping::Stage stage) { return stages[static_cast<std::size_t>(stage)]; }
  /// All that the stage spent cycles on, its own work first; with its idle cycles they add up to
  /// its total.
  std::vector<Spent> spent(mapping::Stage stage) const;
  /// What the stage spent most cycles on.
  Bound bound(mapping::Stage stage) const;
  /// What bounds the layer: what bounds its execute stage, or the conversion before.
  Bound bound() const;
  Counters& operator+=(const Counters& other);
  bool operator==(const Counters&) const = default;
};

}  // namespace bitloom::cycle
