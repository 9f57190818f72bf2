#pragma once

#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"
#include "sim/kit/dram_actions.h"
#include "sim/kit/timing.h"

namespace bitloom::analytic {

/// The faster loop order for a mapping with a memory that answers at once; activations outer where
/// both take as long.
mapping::Schedule schedule(const mapping::Mapping& mapping, const hardware::Bismo& hardware);

/// Cycles of a schedule in closed form: no event, no loop over tiles; an estimate where the
/// hardware has DRAM. result_stall is what results that leave at once would save; the cycle engine
/// counts the waits for the result port instead.
cost::Timing run(const mapping::Schedule& schedule, const hardware::Bismo& hardware);

/// What the schedule makes DRAM do while it takes `timing`, estimated. The hardware has DRAM.
cost::DramActions dram_actions(const mapping::Schedule& schedule, const cost::Timing& timing,
                               const hardware::Bismo& hardware);

}  // namespace bitloom::analytic
