#pragma once

#include <string>

#include "sim/hardware.h"

namespace bitloom::pipelines {

struct Space;

/// 16 hexadecimal digits that change with whatever decides what the points of a space are and cost:
/// the base machine, knobs, constraints, networks with their layers and bits, objectives, and the
/// program's version.
std::string fingerprint_of(const Space& space, const hardware::Hardware& base);

}  // namespace bitloom::pipelines
