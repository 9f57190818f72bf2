#pragma once

#include <systemc>

#include "base/quantity.h"

namespace bitloom::cycle {

/// Whole cycles against SystemC's time. Cycle 0 begins at time 0.
class Clock {
 public:
  explicit Clock(const sc_core::sc_time& period) : period_(period) {}

  Cycles now() const { return whole_cycles(sc_core::sc_time_stamp()); }
  sc_core::sc_time span(Cycles cycles) const {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(cycles.count()) *
                                        period_.value());
  }
  /// The first cycle that begins no earlier than `delay` from now.
  Cycles after(const sc_core::sc_time& delay) const {
    const sc_dt::uint64 time = (sc_core::sc_time_stamp() + delay).value();
    return Cycles(static_cast<std::int64_t>((time + period_.value() - 1) / period_.value()));
  }

 private:
  Cycles whole_cycles(const sc_core::sc_time& time) const {
    return Cycles(static_cast<std::int64_t>(time.value() / period_.value()));
  }

  sc_core::sc_time period_;
};

}  // namespace bitloom::cycle
