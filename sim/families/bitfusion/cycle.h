#pragma once

#include <functional>
#include <optional>

#include "sim/families/bitfusion/counters.h"
#include "sim/families/bitfusion/tile_program.h"
#include "sim/kit/timing.h"

namespace bitloom::cycle::bitfusion {

struct RunOptions {
  std::optional<std::uint64_t> stall_seed = {};       // memory answers late at random
  std::function<void(std::int64_t)> tiles_done = {};  // hears of each tile that the array ends
};

struct Result {
  cost::Timing timing;
  Counters counters;
};

/// Runs a nest tile by tile on SystemC, with the memory that the hardware describes.
Result run(const mapping::bitfusion::TileProgram& program, const hardware::BitFusion& hardware,
           const RunOptions& options = {});

}  // namespace bitloom::cycle::bitfusion
