#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/families/bismo/description.h"
#include "sim/families/bismo/phase_length.h"

namespace bitloom::analytic {

/// What phases to come can feel of those before, in cycles from the layer's beginning.
struct Progress {
  std::int64_t end = 0;                  // of the phase before
  std::int64_t end_before = 0;           // of the phase before that
  std::int64_t activations_fetched = 0;  // those of the phase before
  std::int64_t weights_fetched = 0;
  std::int64_t bank = 0;  // the results of another tile pair may be final from here on

  /// Whether from here all goes on as it did from `earlier`.
  bool looks_like(const Progress& earlier) const {
    const std::int64_t since = end - earlier.end;
    return end_before - earlier.end_before == since &&
           activations_fetched - earlier.activations_fetched == since &&
           weights_fetched - earlier.weights_fetched == since && bank - earlier.bank == since;
  }
  void shift(std::int64_t cycles) {
    for (std::int64_t* time : {&end, &end_before, &activations_fetched, &weights_fetched, &bank})
      *time += cycles;
  }
};

/// A phase after those before: the recurrence of docs/reference/timing.md, "From phase to phase".
class PhaseRecurrence {
 public:
  explicit PhaseRecurrence(const hardware::Bismo& hardware) : hw_(hardware) {}

  /// `emits`: the sums of its tile pairs are final and leave.
  Progress after(const Progress& before, const PhaseTerms& phase, bool emits) const {
    const auto fetch_from = [&](std::int64_t fetched) {
      return (hw_.overlap ? std::max(fetched, before.end_before) : before.end) +
             hw_.fetch_issue_cycles;
    };
    const std::int64_t activations = fetch_from(before.activations_fetched);
    const std::int64_t weights = fetch_from(before.weights_fetched);
    Progress now{.end = 0,
                 .end_before = before.end,
                 .activations_fetched = activations + phase.activation_beats,
                 .weights_fetched = weights + phase.weight_beats,
                 .bank = before.bank};
    std::int64_t start = before.end;
    if (hw_.fetch_sync == hardware::FetchSync::kBlock)
      start = std::max({start, now.activations_fetched - 1, now.weights_fetched - 1});
    now.end = start + hw_.execute_issue_cycles + phase.from_start;
    if (hw_.fetch_sync == hardware::FetchSync::kPlane)
      now.end =
          std::max({now.end, activations + phase.from_activations, weights + phase.from_weights});
    now.end += hw_.pipeline_cycles;
    if (emits) {
      now.end = std::max(now.end, now.bank + phase.from_bank);
      now.bank = now.end + phase.last_result_cycles;
    }
    if (!hw_.overlap)  // the next phase begins at its end
      now.end_before = now.activations_fetched = now.weights_fetched = now.end;
    return now;
  }

 private:
  const hardware::Bismo& hw_;
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
