#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "rtl/verify/core.h"
#include "rtl/verify/lowering.h"
#include "rtl/verify/phase_walk.h"
#include "rtl/verify/stalls.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// What the streams showed of one phase. Cycles count from the layer's first.
struct PhaseRecord {
  std::int64_t first_cycle = 0;  // its first beat could be taken; without stalls it was
  std::int64_t last_cycle = 0;   // its last slot retired
  std::int64_t issue_slots = 0;

  std::int64_t length() const { return last_cycle - first_cycle + 1; }
};

/// The first result that was not the reference's.
struct WrongValue {
  PhaseIndex phase;
  std::int64_t activation_tile = 0;  // of the whole product
  std::int64_t weight_tile = 0;
  std::int64_t pixel = 0;
  std::int64_t channel = 0;  // column of the product
  OutputPlace output;
  std::int64_t expected = 0;
  std::int64_t got = 0;
  std::int64_t cycle = 0;          // in which it left the core, from the layer's first
  std::int64_t waveform_time = 0;  // of that cycle's start
};

/// Where a run was given up, as no beat moved and no phase ended for too long.
struct Standstill {
  std::int64_t cycle = 0;           // the last in which something moved, from the layer's first
  std::int64_t waveform_time = 0;   // of that cycle's start
  std::optional<PhaseIndex> phase;  // that does not end; none where only results are missing
  bool takes_activations = false;   // the core was ready for a beat
  bool takes_weights = false;
};

/// What running a layer on a core showed.
struct LayerRun {
  std::int64_t pipeline_cycles = 0;
  std::int64_t reset_time = 0;   // in waveforms: when the core was reset
  std::int64_t first_clock = 0;  // clocks from the reset to the layer's cycle 0
  std::int64_t clocks = 0;       // from the reset to the end
  std::vector<PhaseRecord> phases;
  std::int64_t values = 0;  // compared
  std::int64_t wrong_values = 0;
  std::optional<WrongValue> first_wrong;
  std::optional<Standstill> stuck;

  std::int64_t issue_slots() const;
  /// First beat of the first phase to last retirement of the last.
  Cycles total() const;
};

/// Cycles without a beat or a phase's end, beyond four times the largest phase, after which a run
/// is given up.
constexpr std::int64_t kPatience = 100000;

/// Runs `workload` on `core` as `schedule` says, through the core's streams, and compares every
/// result with `reference` (reference_outputs(workload)). The schedule must be of this layer,
/// precision and batch on an array of the core's parameters.
LayerRun run_layer(Core& core, const Workload& workload, const mapping::Schedule& schedule,
                   const std::vector<std::int64_t>& reference, const Stalls& stalls = {});

}  // namespace bitloom::verify
