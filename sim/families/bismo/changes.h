#pragma once

#include <string>
#include <vector>

#include "sim/families/bismo/description.h"
#include "sim/report.h"

/// BISMO overlays that could be built in place of one.
namespace bitloom::cost {

/// Settings of keys of the description, those of an entry together.
std::vector<std::vector<std::string>> changes_of(const hardware::Bismo& hardware);

/// LUTs of the array (area.h) and blocks of the operand buffers.
std::vector<sim::Resource> resources_of(const hardware::Bismo& hardware);

}  // namespace bitloom::cost
