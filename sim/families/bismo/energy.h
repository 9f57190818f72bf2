#pragma once

#include "base/quantity.h"
#include "sim/families/bismo/actions.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::cost {

/// What DRAM draws (docs/reference/energy.md).
struct DramEnergy {
  Picojoules activate;
  Picojoules read;
  Picojoules write;
  Picojoules refresh;
  Picojoules background;

  Picojoules total() const { return activate + read + write + refresh + background; }
};

/// Of a hardware with DRAM: actions, and refreshes and background over the time.
DramEnergy dram_energy(const DramActions& actions, const Timing& timing,
                       const hardware::Bismo& hardware);

/// Sum of actions x energy per action, and static power x time. `compute` is popcounts,
/// shift-accumulates, multiplications by coefficients, the array's clock in idle cycles, and
/// conversion.
Energy energy_of(const Actions& actions, const Timing& timing, const hardware::Bismo& hardware);

}  // namespace bitloom::cost
