#include "sim/roofline.h"

namespace bitloom::sim {

Roofline roofline(const Job& job, const cost::LayerCost& cost, const hardware::Hardware& hardware) {
  constexpr double kPerMilli = 1e-3;
  constexpr double kPerMega = 1e6;
  constexpr double kBitsPerByte = 8;
  const Machine& machine = hardware.machine();
  const auto batch = static_cast<double>(job.batch);
  return {.bops = static_cast<double>(graph::bops(job.layer, job.precision).count()) * batch,
          .macs = static_cast<double>(job.layer.macs().count()) * batch,
          .bytes = static_cast<double>(cost.dram.count()) / kBitsPerByte,
          .seconds = runtime(cost.timing.total, machine.clock()).count() * kPerMilli,
          .peak_bops_per_second = static_cast<double>(machine.peak_bit_macs_per_cycle()) *
                                  (machine.clock().count() * kPerMega),
          .bytes_per_second = machine.bytes_per_second()};
}

Roofline operator+(Roofline sum, const Roofline& layer) {
  sum.bops += layer.bops;
  sum.macs += layer.macs;
  sum.bytes += layer.bytes;
  sum.seconds += layer.seconds;
  sum.peak_bops_per_second = layer.peak_bops_per_second;
  sum.bytes_per_second = layer.bytes_per_second;
  return sum;
}

}  // namespace bitloom::sim
