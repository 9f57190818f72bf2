#pragma once

#include <string>

#include "rtl/verify/core.h"
#include "rtl/verify/stalls.h"
#include "tests/rtl/random_layers.h"

namespace bitloom::verify {

/// Runs a layer and compares values with the triple loop; without stalls and with a full-width
/// result port also slots, phases and total with the analytic engine, else phases with the slot
/// model (not under instruction stalls). Empty where all is right.
std::string check_layer(Core& core, const ScheduledLayer& layer, const Stalls& stalls = {});

/// check_layer() on `count` random layers, every `stall_every`-th with random stalls (0: none); the
/// first failure.
std::string check_random_layers(Core& core, int count, std::uint64_t seed, std::int64_t most_cycles,
                                int stall_every);

}  // namespace bitloom::verify
