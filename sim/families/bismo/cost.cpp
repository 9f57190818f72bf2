#include "sim/families/bismo/cost.h"

#include "sim/families/bismo/energy.h"

namespace bitloom::cost {
namespace {

constexpr std::int64_t kBitsPerByte = 8;

/// Whole bursts of DRAM, or whole beats of the ports.
Bits moved(const Actions& actions, const hardware::Bismo& hw) {
  if (!hw.dram) return actions.port();
  return Bits((actions.dram.read_bursts + actions.dram.write_bursts) * hw.dram->burst_bytes() *
              kBitsPerByte);
}

}  // namespace

LayerCost complete(const graph::LayerShape& layer, const mapping::Mapping& mapping,
                   const Actions& actions, const Timing& timing, const hardware::Bismo& hw,
                   std::int64_t batch) {
  const double needed = static_cast<double>(graph::bops(layer, mapping.precision).count()) *
                        static_cast<double>(batch);
  const double possible =
      static_cast<double>(timing.total.count()) * static_cast<double>(hw.peak_bit_macs_per_cycle());
  return {timing, moved(actions, hw), energy_of(actions, timing, hw), needed / possible,
          actions.dram};
}

}  // namespace bitloom::cost
