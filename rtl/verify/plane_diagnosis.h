#pragma once

#include <cstdint>
#include <optional>

#include "rtl/verify/layer_run.h"

namespace bitloom::verify {

/// A pair of bit-planes.
struct PlanePair {
  int weight_bit = 0;
  int activation_bit = 0;
};

/// Which bit-planes a core gets wrong: runs the layer again with all other bits of both operands
/// cleared, pair by pair, and names the first pair whose results differ from the triple loop's.
/// Nothing where every pair alone is right (the fault lies between planes or tiles), or where the
/// runs together would take more than `most_slots` issue slots.
std::optional<PlanePair> find_wrong_planes(Core& core, const Workload& workload,
                                           const mapping::Schedule& schedule,
                                           std::int64_t most_slots = 20'000'000);

}  // namespace bitloom::verify
