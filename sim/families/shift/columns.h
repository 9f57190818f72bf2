#pragma once

#include <string>
#include <vector>

#include "sim/families/shift/cost.h"
#include "sim/report.h"

/// What shift hardware tells in reports.
namespace bitloom::cost::shift {

/// `16x16 units`.
std::string array_text(const hardware::Shift& hardware);

/// Shift-adds a cycle, second words, the area of the units, and buffers.
std::vector<sim::Line> facts_of(const hardware::Shift& hardware);

/// How a layer is cut, how many of its tiles are selected, and where its cycles go.
sim::LayerReport report(const LayerDetails& details);

}  // namespace bitloom::cost::shift
