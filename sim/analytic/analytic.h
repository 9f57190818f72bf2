#pragma once

#include "sim/cost/timing.h"
#include "sim/hardware/bismo.h"
#include "sim/mapping/mapping.h"

namespace bitloom::analytic {

/// The faster loop order for a mapping; activations outer where both take as long.
mapping::Schedule schedule(const mapping::Mapping& mapping);

/// Cycles of a schedule in closed form: no event, no loop over tiles.
cost::Timing run(const mapping::Schedule& schedule, const hardware::Bismo& hardware);

}  // namespace bitloom::analytic
