#pragma once

#include <optional>
#include <vector>

#include "sim/simulator.h"

namespace bitloom::sim {

/// Cycles of each layer when one limit alone is lifted, by the engine of `options`: [lift][layer],
/// lifts as Machine::lifts() has them. `results` are those of `jobs` on the machine as it is. None
/// where the machine without the limit cannot run a layer.
std::vector<std::optional<std::vector<Cycles>>> lifted_cycles(
    const std::vector<Job>& jobs, const std::vector<LayerResult>& results,
    const hardware::Hardware& hardware, const EngineOptions& options,
    const Execution& execution = {});

}  // namespace bitloom::sim
