#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/analytic/phase_length.h"
#include "sim/hardware/bismo.h"

namespace bitloom::analytic {

/// What phases to come can feel of those before, in cycles from the layer's beginning.
struct Progress {
  std::int64_t end = 0;   // of the phase before
  std::int64_t bank = 0;  // the results of another tile pair may be final from here on

  /// Whether from here all goes on as it did from `earlier`.
  bool looks_like(const Progress& earlier) const { return bank - end == earlier.bank - earlier.end; }
  void shift(std::int64_t cycles) {
    end += cycles;
    bank += cycles;
  }
};

/// A phase after those before: the recurrence of docs/timing.md, "From phase to phase".
class PhaseRecurrence {
 public:
  explicit PhaseRecurrence(const hardware::Bismo& hardware) : pipeline_(hardware.pipeline_cycles) {}

  /// `emits`: the sums of its tile pairs are final and leave.
  Progress after(Progress at, const PhaseTerms& phase, bool emits) const {
    const std::int64_t issued =
        at.end + std::max({phase.from_start, phase.from_activations, phase.from_weights});
    at.end = issued + pipeline_;
    if (emits) {
      at.end = std::max(at.end, at.bank + phase.from_bank);
      at.bank = at.end + phase.last_result_beats;
    }
    return at;
  }

 private:
  std::int64_t pipeline_;
};

/// `step` so many times. Progress depends on times before it by maxima of sums alone, so that where
/// it looks as it did before, it repeats itself and is multiplied instead (R. Brent's search for a
/// cycle: looks are compared with one that is renewed at powers of two).
template <class Step>
Progress repeated(Progress at, std::int64_t times, const Step& step) {
  Progress mark = at;
  std::int64_t since = 0;
  std::int64_t renewal = 1;
  while (times > 0) {
    at = step(at);
    --times;
    ++since;
    if (at.looks_like(mark)) {
      at.shift(times / since * (at.end - mark.end));
      times %= since;
    }
    if (since == renewal) {
      mark = at;
      since = 0;
      renewal *= 2;
    }
  }
  return at;
}

}  // namespace bitloom::analytic
