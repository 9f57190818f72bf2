#pragma once

#include <string>
#include <vector>

#include "sim/families/bitfusion/description.h"
#include "sim/layer_result.h"
#include "sim/report.h"

/// What binds a BitFusion, and those that could be built in its place.
namespace bitloom::analytic::bitfusion {

/// What most of a layer's cycles go on: `compute`, an operand's fetch, `outputs`, `fill and drain`
/// (before the first step and after the last), or `late blocks`. The cycle engine's counters tell;
/// of the analytic engine the operand of most traffic.
std::string bound_by(const sim::LayerResult& result);

/// Settings of keys of the description, those of an entry together.
std::vector<std::vector<std::string>> changes_of(const hardware::BitFusion& hardware);

/// LUTs of the fusion units where the RTL has such units (area.h), and the scratchpads.
std::vector<sim::Resource> resources_of(const hardware::BitFusion& hardware);

}  // namespace bitloom::analytic::bitfusion
