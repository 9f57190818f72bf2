#pragma once

#include "base/quantity.h"
#include "sim/mapping/mapping.h"

namespace bitloom::analytic {

/// Cycles of one phase in closed form (docs/timing.md, "One phase"): from its first beat to its
/// last issue slot.
Cycles phase_length(const mapping::Phase& phase, mapping::OuterOperand outer);

}  // namespace bitloom::analytic
