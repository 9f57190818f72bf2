#pragma once

#include <string>
#include <vector>

#include "sim/hardware.h"

namespace bitloom::pipelines {

struct Space;

/// 16 hexadecimal digits that change with whatever decides what the points of a space are and cost:
/// the machines, knobs, constraints, networks with their layers and bits, objectives, and the
/// program's version. The machines are the base and, of each value of a knob that names a section
/// or a table, the base with it: so what its file says is told, too.
std::string fingerprint_of(const Space& space, const std::vector<hardware::Hardware>& machines);

}  // namespace bitloom::pipelines
