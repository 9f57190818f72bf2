#pragma once

#include "sim/families/bismo/description.h"
#include "sim/families/bismo/instructions.h"
#include "sim/families/bismo/phase_length.h"
#include "sim/kit/dram_actions.h"

namespace bitloom::analytic {

/// Estimates when data come in the phases of a layer on a hardware with DRAM
/// (docs/reference/dram.md, "The estimate"): as fast as the ports carry them or as the channels
/// give them in the order of the turns, after the latency of the first read; refreshes take their
/// part of the channels' time.
class DramPhase {
 public:
  /// `hardware` has DRAM; both outlive it. Without refreshes.
  DramPhase(const mapping::Mapping& mapping, const hardware::Bismo& hardware);
  /// With those that befall a layer which would last `cycles` without.
  void refresh_during(std::int64_t cycles);

  /// Cycles in which the layer's activations are converted.
  std::int64_t conversion() const;
  /// Sets what `terms` say of the operands' data; `ends`: the phase is the last of its chunks.
  void delay(PhaseTerms& terms, const mapping::Phase& phase, mapping::OuterOperand outer,
             bool ends) const;
  /// What the layer, which takes `cycles`, makes DRAM do.
  cost::DramActions actions(Cycles cycles) const;

 private:
  struct Cumulative;
  class Stream;
  struct FirstUse;
  struct Start;
  /// How often an operand is fetched, and what of that it has read before.
  struct Passes {
    std::int64_t fetches;         // of blocks, for one product
    std::int64_t returns;         // those of them that go back over what was read before
    std::int64_t returned_bytes;  // over how much
    std::int64_t region_banks;
  };

  Passes passes(mapping::Operand operand) const;
  std::int64_t bytes(mapping::Operand operand, std::int64_t rows) const;
  double opening(mapping::Operand operand) const;
  double read_time(double bytes, std::int64_t region_banks) const;
  /// Of an operand's planes in a phase, in cycles from its first request.
  struct Arrivals {
    double late;  // the largest of (arrival - first use)
    double last;  // the last plane's arrival
  };

  Arrivals arrivals(const Stream& own, const Stream& other, const FirstUse& use,
                    const Start& start) const;
  double write_time(const mapping::Phase& phase) const;
  double bus_turns() const;

  const mapping::Mapping& m_;
  const hardware::Dram& dram_;
  std::int64_t conversion_beats_;
  double clocks_per_cycle_;
  double memory_latency_;
  bool overlap_;
  double refresh_;      // cycles of the array in which the channels are closed at a refresh
  double interval_;     // from refresh to refresh
  double befalls_ = 0;  // part of the refreshes in its time that befall the layer
};

}  // namespace bitloom::analytic
