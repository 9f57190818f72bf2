#pragma once

#include <string>
#include <vector>

#include "reports/simulation.h"

namespace bitloom::reports {

/// What BISMO's stages counted over all layers and what bounded each, and what bounded how many
/// layers: a table. `eff%` is busy of run. Every layer has counters.
std::string stages_text(const Simulation& simulation, std::size_t max_width);

/// The stage's name as a key: `fetch_activations`.
std::string stage_key(mapping::Stage stage);

/// All stages, in the order of reports.
const std::vector<mapping::Stage>& all_stages();

}  // namespace bitloom::reports
