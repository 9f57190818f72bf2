#pragma once

#include <vector>

#include "rtl/verify/core.h"
#include "rtl/verify/layer_run.h"
#include "rtl/verify/stalls.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// The rules of rtl/README.md, "Cycles", slot by slot: when each phase of a layer begins and ends
/// under stalls of the data streams and with a result port of any width.
std::vector<PhaseRecord> model_phases(const mapping::Schedule& schedule, const CoreParameters& core,
                                      std::int64_t pipeline_cycles, const Stalls& stalls);

}  // namespace bitloom::verify
