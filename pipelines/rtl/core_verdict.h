#pragma once

#include "reports/results/verification_file.h"
#include "rtl/verify/core.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/description.h"

namespace bitloom::pipelines {

/// Runs `workload` on `core` with the schedule for `hardware`, whose pipeline_cycles are the
/// core's. Compares every value with a plain loop nest over the layer's definition, the beginning
/// and end of every phase with the cycle engine's, and, where the analytic engine knows them, every
/// phase's issue slots and cycles and the total with its own. The complaint is the first
/// difference.
reports::Verdict judge_layer(verify::Core& core, const verify::Workload& workload,
                             const hardware::Bismo& hardware);

}  // namespace bitloom::pipelines
