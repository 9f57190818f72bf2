#include "sim/roofline.h"

#include <algorithm>

namespace bitloom::sim {

std::string_view to_text(Roof roof) {
  switch (roof) {
    case Roof::kArray:
      return "array";
    case Roof::kMemory:
      return "memory";
    case Roof::kPorts:
      return "ports";
  }
  return "";
}

Roof Roofline::roof() const {
  if (std::min(memory_ceiling(), ports_ceiling()) >= peak_bops_per_second) return Roof::kArray;
  return ports_ceiling() < memory_ceiling() ? Roof::kPorts : Roof::kMemory;
}

double Roofline::ceiling() const {
  return std::min({peak_bops_per_second, memory_ceiling(), ports_ceiling()});
}

Roofline roofs_of(const hardware::Hardware& hardware) {
  constexpr double kPerMega = 1e6;
  const Machine& machine = hardware.machine();
  const std::optional<double> dram = machine.dram_bytes_per_second();
  return {.peak_bops_per_second = static_cast<double>(machine.peak_bit_macs_per_cycle()) *
                                  (machine.clock().count() * kPerMega),
          .bytes_per_second = dram.value_or(machine.bytes_per_second()),
          .port_bytes_per_second = machine.bytes_per_second(),
          .has_dram = dram.has_value()};
}

Roofline roofline(const Job& job, const LayerResult& result, const hardware::Hardware& hardware) {
  constexpr double kPerMilli = 1e-3;
  constexpr double kBitsPerByte = 8;
  const Machine& machine = hardware.machine();
  const auto batch = static_cast<double>(job.batch);
  Roofline roofline = roofs_of(hardware);
  roofline.bops = static_cast<double>(graph::bops(job.layer, job.precision).count()) * batch;
  roofline.macs = static_cast<double>(job.layer.macs().count()) * batch;
  roofline.bytes = static_cast<double>(result.cost.dram.count()) / kBitsPerByte;
  roofline.port_bytes = static_cast<double>(machine.port_bits(result).count()) / kBitsPerByte;
  roofline.seconds = runtime(result.cost.timing.total, machine.clock()).count() * kPerMilli;
  return roofline;
}

Roofline operator+(Roofline sum, const Roofline& layer) {
  sum.bops += layer.bops;
  sum.macs += layer.macs;
  sum.bytes += layer.bytes;
  sum.port_bytes += layer.port_bytes;
  sum.seconds += layer.seconds;
  return sum;
}

}  // namespace bitloom::sim
