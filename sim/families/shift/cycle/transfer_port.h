#pragma once

#include <optional>

#include <systemc>

#include "sim/kit/stalls.h"
#include "sim/kit/systemc/clock.h"

namespace bitloom::cycle::shift {

/// A port to or from DRAM: one transfer at a time, a beat a cycle. With a stall seed some transfers
/// begin late.
class TransferPort : public sc_core::sc_module {
 public:
  TransferPort(const sc_core::sc_module_name& name, const Clock& clock, int number,
               std::optional<std::uint64_t> stall_seed)
      : sc_module(name), clock_(clock), number_(number), stall_seed_(stall_seed) {}

  const sc_core::sc_event& done() const { return done_; }
  bool is_busy() const { return now() < end_; }
  /// When the last transfer has ended, or will.
  Cycles end() const { return end_; }
  std::int64_t beats() const { return beats_; }

  void begin(std::int64_t beats) {
    Cycles takes(beats);
    if (stall_seed_) takes += sim::stall_before(*stall_seed_, number_, transfers_);
    ++transfers_;
    beats_ += beats;
    end_ = now() + takes;
    done_.notify(clock_.span(takes));
  }

 private:
  Cycles now() const { return clock_.after(sc_core::SC_ZERO_TIME); }

  Clock clock_;
  int number_;
  std::optional<std::uint64_t> stall_seed_;
  sc_core::sc_event done_;
  Cycles end_;
  std::int64_t transfers_ = 0;
  std::int64_t beats_ = 0;
};

}  // namespace bitloom::cycle::shift
