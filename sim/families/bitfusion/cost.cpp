#include "sim/families/bitfusion/cost.h"

namespace bitloom::analytic::bitfusion {

cost::LayerCost layer_cost(const graph::LayerShape& layer, const LoopNest& nest,
                           const Mapping& mapping, const hardware::BitFusion& hw) {
  cost::LayerCost cost;
  cost.timing = {.total = Cycles(mapping.cycles),
                 .conversion = {},
                 .compute = Cycles(mapping.compute_cycles),
                 .fetch_stall = Cycles(mapping.memory_wait_cycles()),
                 .result_stall = {}};
  cost.dram = mapping.traffic.dram_read + mapping.traffic.dram_write;
  constexpr double kPicojoulesPerMilliwattMillisecond = 1e6;
  cost.energy = {.compute = mapping.energy.core,
                 .buffer = mapping.energy.sram,
                 .dram = mapping.energy.dram,
                 .leakage = Picojoules(hw.energy.static_mw.value *
                                       runtime(cost.timing.total, hw.clock()).count() *
                                       kPicojoulesPerMilliwattMillisecond)};
  cost.utilization =
      static_cast<double>(graph::bops(layer, nest.precision).count()) *
      static_cast<double>(nest.batch) /
      (static_cast<double>(mapping.cycles) * static_cast<double>(hw.peak_bit_macs_per_cycle()));
  return cost;
}

}  // namespace bitloom::analytic::bitfusion
