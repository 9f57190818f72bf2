#pragma once

#include <cstdint>

#include "base/quantity.h"

namespace bitloom::sim {

/// Random lateness of a memory, the same for every engine that is given the same seed: the first
/// beat of a transfer waits this long after the port could have taken it. `transfer` counts those
/// of a port from 0 over the layer, in the order of requests. A function of its arguments alone: a
/// quarter of the transfers wait, 1 to 32 cycles, all equally likely.
Cycles stall_before(std::uint64_t seed, int port, std::int64_t transfer);

}  // namespace bitloom::sim
