#pragma once

#include <cstdint>

#include "sim/kit/timing.h"

namespace bitloom::cost::shift {

/// Where a layer's cycles go (docs/reference/shift.md, "Cycles").
struct Spent {
  std::int64_t compute = 0;
  std::int64_t fill = 0;  // before the first tile
  std::int64_t weight_wait = 0;
  std::int64_t activation_wait = 0;
  std::int64_t result_wait = 0;
  std::int64_t drain = 0;  // after the last tile

  std::int64_t total() const {
    return compute + fill + weight_wait + activation_wait + result_wait + drain;
  }
  Timing timing() const {
    return {.total = Cycles(total()),
            .conversion = {},
            .compute = Cycles(compute),
            .fetch_stall = Cycles(fill + weight_wait + activation_wait),
            .result_stall = Cycles(result_wait + drain)};
  }
  bool operator==(const Spent&) const = default;
};

}  // namespace bitloom::cost::shift
