#pragma once

#include "base/quantity.h"
#include "sim/kit/dram_actions.h"
#include "sim/kit/timing.h"

namespace bitloom::cost {

/// Energy of a layer by component (docs/reference/energy.md).
struct Energy {
  Picojoules compute;  // the array at work and idle, and what prepares its operands
  Picojoules buffer;
  Picojoules dram;
  Picojoules leakage;  // static power x time; `static` in reports

  Picojoules total() const { return compute + buffer + dram + leakage; }
};

/// What a layer costs for a whole batch.
struct LayerCost {
  Timing timing;
  Bits dram;  // whole bursts, or where memory has none whole beats of all ports
  Energy energy;
  double utilization =
      0;  // bit products that the layer needs / bit products the array could have done meanwhile
  DramActions dram_actions = {};  // nothing where DRAM is not described

  Bytes dram_bytes() const { return bytes_holding(dram); }
};

}  // namespace bitloom::cost
