#pragma once

#include "base/quantity.h"
#include "sim/cost/actions.h"

namespace bitloom::cost {

/// Energy of a layer by component (docs/energy.md).
struct Energy {
  Picojoules compute;  // popcounts, shift-accumulates, and the array's clock in idle cycles
  Picojoules buffer;
  Picojoules dram;
  Picojoules leakage;  // static power x time; `static` in reports

  Picojoules total() const { return compute + buffer + dram + leakage; }
};

/// Sum of actions x energy per action, and static power x time.
Energy energy_of(const Actions& actions, const Timing& timing, const hardware::Bismo& hardware);

}  // namespace bitloom::cost
