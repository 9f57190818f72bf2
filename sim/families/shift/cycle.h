#pragma once

#include <functional>
#include <optional>

#include "sim/families/shift/mapping.h"
#include "sim/families/shift/spent.h"

namespace bitloom::cycle::shift {

struct RunOptions {
  std::optional<std::uint64_t> stall_seed = {};       // transfers begin late at random
  std::function<void(std::int64_t)> tiles_done = {};  // hears of each tile that begins
};

struct Result {
  cost::shift::Spent spent;
  std::int64_t tiles = 0;  // a tile counts again in each block
  std::int64_t shift_adds = 0;
  std::int64_t activation_beats = 0;
  std::int64_t weight_beats = 0;
  std::int64_t result_beats = 0;
};

/// Runs a layer tile by tile on SystemC.
Result run(const mapping::shift::Mapping& mapping, const hardware::Shift& hardware,
           const RunOptions& options = {});

}  // namespace bitloom::cycle::shift
