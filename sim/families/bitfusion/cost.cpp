#include "sim/families/bitfusion/cost.h"

namespace bitloom::analytic::bitfusion {
namespace {

cost::Energy with_leakage(const EnergyParts& parts, Cycles cycles, const hardware::BitFusion& hw) {
  constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;
  return {.compute = parts.core,
          .buffer = parts.sram,
          .dram = parts.dram,
          .leakage = Picojoules(hw.leakage_mw() * runtime(cycles, hw.clock()).count() *
                                kPicojoulesPerMilliwattMillisecond)};
}

}  // namespace

cost::Energy energy_of(const LoopNest& nest, const Mapping& mapping,
                       const hardware::BitFusion& hw) {
  const EnergyParts parts = Pricer(nest, hw).energy(nest.repeats, mapping.compute_cycles,
                                                    mapping.cycles, mapping.traffic);
  return with_leakage(parts, Cycles(mapping.cycles), hw);
}

cost::LayerCost layer_cost(const graph::LayerShape& layer, const LoopNest& nest,
                           const Mapping& mapping, const hardware::BitFusion& hw) {
  cost::LayerCost cost;
  cost.timing = {.total = Cycles(mapping.cycles),
                 .conversion = {},
                 .compute = Cycles(mapping.compute_cycles),
                 .fetch_stall = Cycles(mapping.memory_wait_cycles()),
                 .result_stall = {}};
  cost.dram = mapping.traffic.dram_read + mapping.traffic.dram_write;
  cost.energy = with_leakage(mapping.energy, cost.timing.total, hw);
  cost.utilization =
      static_cast<double>(graph::bops(layer, nest.precision).count()) *
      static_cast<double>(nest.batch) /
      (static_cast<double>(mapping.cycles) * static_cast<double>(hw.peak_bit_macs_per_cycle()));
  return cost;
}

}  // namespace bitloom::analytic::bitfusion
