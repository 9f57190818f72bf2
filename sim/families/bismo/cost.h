#pragma once

#include "sim/families/bismo/actions.h"
#include "sim/families/bismo/energy.h"
#include "sim/kit/timing.h"

namespace bitloom::cost {

/// What a layer costs for a whole batch.
struct LayerCost {
  Timing timing;
  Actions actions;  // BISMO's
  Bits dram;        // whole bursts, or where memory has none whole beats of all ports
  Energy energy;
  double utilization =
      0;  // bit products that the layer needs / bit products the array could have done meanwhile

  Bytes dram_bytes() const { return bytes_holding(dram); }
};

/// Completes an engine's timing of `layer`, and what it made of DRAM, to its cost.
LayerCost complete(const graph::LayerShape& layer, const mapping::Mapping& mapping,
                   const Timing& timing, const hardware::Bismo& hardware, std::int64_t batch,
                   const DramActions& dram = {});

}  // namespace bitloom::cost
