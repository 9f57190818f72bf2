#pragma once

#include "sim/families/bitfusion/tiling.h"

namespace bitloom::analytic::bitfusion {

using mapping::bitfusion::LoopNest;
using mapping::bitfusion::LoopOrder;
using mapping::bitfusion::PerBuffer;
using mapping::bitfusion::PerLoop;
using CutTiling = PerLoop<const mapping::bitfusion::Cut*>;

/// How a buffer is filled in a loop order.
struct Fetch {
  std::int64_t times = 1;     // that all of it comes
  std::int64_t blocks = 1;    // in which it comes, all times
  std::int64_t moved = 1;     // elements
  std::int64_t resident = 1;  // elements of the largest block that is kept
  std::int64_t held = 1;      // elements of a block, as the scratchpad holds it
  std::size_t around = 0;     // loops around a block
};

/// What crosses the port in a loop order.
struct Moves {
  PerBuffer<Fetch> fetches;
  std::int64_t fill = 0, drain = 0;  // bits of outputs
};

/// What of a nest and a machine matters to tiles and blocks.
struct BlockTraits {
  PerBuffer<std::int64_t> element_bits{};
  PerBuffer<std::int64_t> capacity{};  // elements
  PerBuffer<PerLoop<bool>> depends{};
  std::int64_t port_bits = 1;
  std::int64_t passage = 0;     // cycles from a step until it has passed the array
  std::int64_t passes = 1;      // cycles of a step
  std::int64_t final_bits = 1;  // of a finished output
  bool fills_first = false;     // outputs are filled before there is a sum
};

/// Cycles that a tiling takes at least in a loop order because blocks come one after the other and
/// find room when others have left (docs/reference/bitfusion.md, "Blocks in turn").
std::int64_t blockwise_cycles(const CutTiling& tiling, const LoopOrder& order, const Moves& moves,
                              const BlockTraits& traits);

}  // namespace bitloom::analytic::bitfusion
