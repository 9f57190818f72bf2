#pragma once

#include "sim/cost/dram_actions.h"
#include "sim/cost/timing.h"
#include "sim/hardware/bismo.h"
#include "sim/mapping/mapping.h"

namespace bitloom::analytic {

/// The faster loop order for a mapping; activations outer where both take as long.
mapping::Schedule schedule(const mapping::Mapping& mapping);

/// Whether tile pairs may be computed faster than the result port takes them away: the closed forms
/// do not know how long that holds the array back.
bool result_port_may_bind(const mapping::Mapping& mapping, const hardware::Bismo& hardware);

/// Cycles of a schedule in closed form: no event, no loop over tiles. Exact unless
/// result_port_may_bind(), optimistic there; an estimate where the hardware has DRAM.
cost::Timing run(const mapping::Schedule& schedule, const hardware::Bismo& hardware);

/// What the schedule makes DRAM do while it takes `timing`, estimated. The hardware has DRAM.
cost::DramActions dram_actions(const mapping::Schedule& schedule, const cost::Timing& timing,
                               const hardware::Bismo& hardware);

}  // namespace bitloom::analytic
