#pragma once

#include <vector>

#include "pipelines/simulate.h"
#include "reports/changes.h"

namespace bitloom::pipelines {

/// What layers cost on a machine, as `results` of `jobs` say.
reports::Change as_it_is(const hardware::Hardware& machine, const std::vector<sim::Job>& jobs,
                         const std::vector<sim::LayerResult>& results);

/// What the same layers cost on each machine that its family could build in its place, read again
/// with the change's settings; `keeps_batch` where the layers say their batch. Those that it
/// refuses are left out.
std::vector<reports::Change> priced_changes(const SimulateOptions& options,
                                            const hardware::Hardware& machine,
                                            const std::vector<sim::Job>& jobs, bool keeps_batch,
                                            const Host& host);

}  // namespace bitloom::pipelines
