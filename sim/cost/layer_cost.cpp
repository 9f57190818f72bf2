#include "sim/cost/layer_cost.h"

namespace bitloom::cost {

LayerCost complete(const graph::LayerShape& layer, const mapping::Mapping& mapping,
                   const Timing& timing, const hardware::Bismo& hw, std::int64_t batch,
                   const DramActions& dram) {
  Actions actions = count_actions(mapping, hw);
  actions.dram = dram;
  const double needed = static_cast<double>(graph::bops(layer, mapping.precision).count()) *
                        static_cast<double>(batch);
  const double possible =
      static_cast<double>(timing.total.count()) * static_cast<double>(hw.peak_bit_macs_per_cycle());
  return {timing, actions, actions.port(), energy_of(actions, timing, hw), needed / possible};
}

}  // namespace bitloom::cost
