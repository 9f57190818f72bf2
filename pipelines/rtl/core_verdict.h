#pragma once

#include <optional>

#include "reports/results/verification_file.h"
#include "rtl/verify/core.h"
#include "rtl/verify/stalls.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::pipelines {

/// Where a run first differed from what was expected.
struct Mismatch {
  bool of_values = true;        // else of cycles
  std::int64_t clock = 0;       // since the core's reset
  std::int64_t reset_time = 0;  // of waveforms
  verify::Stalls stalls = {};
};

struct Judgement {
  reports::Verdict verdict;
  std::optional<Mismatch> mismatch;
};

/// The schedule by which `hardware` runs a workload.
mapping::Schedule schedule_of(const verify::Workload& workload, const hardware::Bismo& hardware);

/// Runs `workload` on `core` with the schedule for `hardware`, whose pipeline_cycles are the
/// core's. Compares every value with a plain loop nest over the layer's definition, the beginning
/// and end of every phase with the cycle engine's, and, where the analytic engine knows them, every
/// phase's issue slots and cycles and the total with its own. The complaint is the first
/// difference. Where streams stall, the analytic engine knows nothing; where the instruction stream
/// does, only values are compared.
Judgement judge_layer(verify::Core& core, const verify::Workload& workload,
                      const hardware::Bismo& hardware, const verify::Stalls& stalls = {});

}  // namespace bitloom::pipelines
