#pragma once

#include <string>

#include "pipelines/rtl/core_making.h"
#include "pipelines/rtl/core_verdict.h"
#include "rtl/verify/workload.h"

namespace bitloom::pipelines {

/// Where a waveform lies while it is written.
inline std::string part_of(const std::string& path) { return path + ".part"; }

/// Runs `workload` once more, on a core that is built by `tools` for waveforms, and writes the
/// cycles around `mismatch` to `path`. Times in the waveform are those of the run before. Returns a
/// line that says what was written and what opens it, or that the mismatch does not come again in a
/// run of the layer alone.
std::string write_mismatch(const verify::Workload& workload, const hardware::Bismo& hardware,
                           const Mismatch& mismatch, const std::string& path,
                           verify::CoreTools tools, const Host& host);

}  // namespace bitloom::pipelines
