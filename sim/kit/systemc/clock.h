#pragma once

#include <systemc>

#include "base/quantity.h"

namespace bitloom::cycle {

/// Whole cycles against SystemC's time. Cycle 0 begins at time 0.
class Clock {
 public:
  explicit Clock(const sc_core::sc_time& period) : period_(period) {}

  sc_core::sc_time span(Cycles cycles) const {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(cycles.count()) *
                                        period_.value());
  }
  /// From now to the beginning of cycle `at`; 0 if that has passed.
  sc_core::sc_time until(Cycles at) const {
    const sc_core::sc_time begins = span(at), now = sc_core::sc_time_stamp();
    return begins > now ? begins - now : sc_core::SC_ZERO_TIME;
  }
  /// The first cycle that begins no earlier than `delay` from now.
  Cycles after(const sc_core::sc_time& delay) const {
    const sc_dt::uint64 time = (sc_core::sc_time_stamp() + delay).value();
    return Cycles(static_cast<std::int64_t>((time + period_.value() - 1) / period_.value()));
  }

 private:
  sc_core::sc_time period_;
};

}  // namespace bitloom::cycle
