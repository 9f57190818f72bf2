#include "sim/families/bismo/energy.h"

namespace bitloom::cost {
namespace {

constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;

Picojoules times(std::int64_t count, const hardware::SourcedConstant& each) {
  return Picojoules(static_cast<double>(count) * each.value);
}

}  // namespace

DramEnergy dram_energy(const DramActions& actions, const Timing& timing,
                       const hardware::Bismo& hw) {
  const hardware::Dram& dram = *hw.dram;
  const Milliseconds time = runtime(timing.total, hw.clock());
  constexpr double kNanosecondsPerMillisecond = 1e6;
  const auto refreshes =
      static_cast<std::int64_t>(time.count() * kNanosecondsPerMillisecond / dram.refi_ns);
  const std::int64_t burst_bits = dram.burst_bytes() * 8;
  return {.activate = times(actions.activates, dram.activate_pj),
          .read = times(actions.read_bursts * burst_bits, dram.read_bit_pj),
          .write = times(actions.write_bursts * burst_bits, dram.write_bit_pj),
          .refresh = times(refreshes * dram.channels, dram.refresh_pj),
          .background = Picojoules(dram.background_mw.value * static_cast<double>(dram.channels) *
                                   time.count() * kPicojoulesPerMilliwattMillisecond)};
}

Energy energy_of(const Actions& actions, const Timing& timing, const hardware::Bismo& hw) {
  const hardware::BismoEnergy& e = hw.energy;
  const std::int64_t idle_dpu_cycles = (timing.total - timing.compute).count() * hw.dm * hw.dn;
  return {.compute = times(actions.dpu_steps * hw.dk, e.popcount_bit_pj) +
                     times(actions.dpu_steps, e.accumulate_pj) +
                     times(actions.multiplications, e.multiply_pj) +
                     times(actions.converted.count(), hw.layout.convert_bit_pj) +
                     times(idle_dpu_cycles, e.idle_dpu_pj),
          .buffer = times(actions.buffer_read.count(), e.buffer_read_bit_pj) +
                    times(actions.buffer_written.count(), e.buffer_write_bit_pj),
          .dram = hw.dram ? dram_energy(actions.dram, timing, hw).total()
                          : times(actions.port().count(), e.dram_bit_pj),
          .leakage = Picojoules(e.static_mw.value * runtime(timing.total, hw.clock()).count() *
                                kPicojoulesPerMilliwattMillisecond)};
}

}  // namespace bitloom::cost
