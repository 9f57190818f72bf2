#include "sim/cost/energy.h"

namespace bitloom::cost {

Energy energy_of(const Actions& actions, const Timing& timing, const hardware::Bismo& hw) {
  const auto times = [](std::int64_t count, const hardware::SourcedConstant& each) {
    return Picojoules(static_cast<double>(count) * each.value);
  };
  const hardware::BismoEnergy& e = hw.energy;
  const std::int64_t idle_dpu_cycles =
      (timing.fetch_stall + timing.result_stall).count() * hw.dm * hw.dn;
  constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;
  return {.compute = times(actions.dpu_steps * hw.dk, e.popcount_bit_pj) +
                     times(actions.dpu_steps, e.accumulate_pj) +
                     times(idle_dpu_cycles, e.idle_dpu_pj),
          .buffer = times(actions.buffer_read.count(), e.buffer_read_bit_pj) +
                    times(actions.buffer_written.count(), e.buffer_write_bit_pj),
          .dram = times(actions.port().count(), e.dram_bit_pj),
          .leakage = Picojoules(e.static_mw.value * runtime(timing.total, hw.clock()).count() *
                                kPicojoulesPerMilliwattMillisecond)};
}

}  // namespace bitloom::cost
