#pragma once

#include "sim/cost/dram_actions.h"
#include "sim/hardware/bismo.h"
#include "sim/mapping/mapping.h"

namespace bitloom::analytic {

/// What holds of all phases of a layer, on average.
struct DramSetting {
  double activation_opening = 0;  // clocks for which a phase's first read waits for its row
  double weight_opening = 0;
  double refreshes = 0;  // of those in its time, how many befall the layer
};

/// Estimates how long phases last on a hardware with DRAM (docs/dram.md, "The estimate"): data come
/// as fast as the ports carry them or as the channels give them in the order of the turns, after
/// the latency of the first read; refreshes take their part of the channels' time.
class DramPhase {
 public:
  /// `hardware` has DRAM and outlives it; `bytes_of_last_word` are those of the last word of K.
  DramPhase(const hardware::Bismo& hardware, std::int64_t bytes_of_last_word);

  /// Cycles of a phase, which is the last of its chunks if `ends`.
  double length(const mapping::Phase& phase, mapping::OuterOperand outer, bool ends,
                const DramSetting& setting) const;
  /// The setting of a layer that would last `cycles` without refreshes.
  DramSetting setting(const mapping::Mapping& mapping, double cycles) const;

  /// What a layer of `cycles` makes DRAM do.
  cost::DramActions actions(const mapping::Mapping& mapping, double cycles) const;

 private:
  class Stream;
  struct FirstUse;
  struct Start;

  double read_time(double bytes, std::int64_t region_banks) const;
  double lateness(const Stream& own, const Stream& other, const FirstUse& use,
                  const Start& start) const;

  const hardware::Dram& dram_;
  std::int64_t word_bytes_, bytes_of_last_word_;
  double clocks_per_cycle_;
  double memory_latency_;
  double refresh_;   // cycles of the array in which the channels are closed at a refresh
  double interval_;  // from refresh to refresh
};

}  // namespace bitloom::analytic
