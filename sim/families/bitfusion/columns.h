#pragma once

#include <string>
#include <vector>

#include "sim/families/bitfusion/description.h"
#include "sim/layer_result.h"
#include "sim/report.h"

/// What BitFusion tells in reports.
namespace bitloom::analytic::bitfusion {

/// `8x8 units`.
std::string array_text(const hardware::BitFusion& hardware);

/// MACs a cycle at each width, bricks, their area, and the banks of the scratchpads.
std::vector<sim::Line> facts_of(const hardware::BitFusion& hardware);

/// Traffic, tiling and loop order of a layer and why it is these; where the cycle engine's array
/// spent its cycles.
sim::LayerReport report(const sim::LayerResult& result, const hardware::BitFusion& hardware);

}  // namespace bitloom::analytic::bitfusion
