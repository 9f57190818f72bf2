#pragma once

#include <cstdint>

#include "base/quantity.h"
#include "sim/families/bismo/instructions.h"

namespace bitloom::mapping {

/// Random lateness of the memory, the same for every engine that is given the same seed: the first
/// beat of a plane of a tile-word waits this long after the port could have taken it. `plane`
/// counts a port's planes from 0 over the layer, in the order of fetching. A function of its
/// arguments alone: a quarter of the planes wait, 1 to 32 cycles, all equally likely.
Cycles stall_before(std::uint64_t seed, Operand operand, std::int64_t plane);

}  // namespace bitloom::mapping
