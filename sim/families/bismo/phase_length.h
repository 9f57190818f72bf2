#pragma once

#include "base/quantity.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::analytic {

/// Beats in which results of a phase's tile pairs leave, by whether the tiles are the block's last.
struct ResultBeats {
  std::int64_t full;              // neither
  std::int64_t last_activations;  // fewer rows
  std::int64_t last_weights;      // fewer columns
  std::int64_t last;              // both
  std::int64_t issue;             // cycles before those of the phase's first tile pair

  std::int64_t of(bool last_activation_tile, bool last_weight_tile) const {
    if (last_activation_tile) return last_weight_tile ? last : last_activations;
    return last_weight_tile ? last_weights : full;
  }
};

/// The cycles, at least, from something that a phase waits for to the end of its last issue slot
/// (docs/reference/timing.md, "One phase"; timing-stages.md, "Result port").
struct PhaseTerms {
  std::int64_t from_start;        // from when its first bit pair may issue
  std::int64_t from_activations;  // from the first beat of the activations
  std::int64_t from_weights;
  std::int64_t from_bank;           // from when the results of its first tile pair may be final
  std::int64_t last_result_cycles;  // in which the results of its last tile pair leave
  std::int64_t activation_beats;    // of its fetch
  std::int64_t weight_beats;

  PhaseTerms(const mapping::Phase& phase, mapping::OuterOperand outer, const ResultBeats& results);
};

/// Cycles of one phase by itself, its results leaving at once: from its first beat to its last
/// issue slot.
Cycles phase_length(const mapping::Phase& phase, mapping::OuterOperand outer);

}  // namespace bitloom::analytic
