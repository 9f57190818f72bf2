#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/families/bitfusion/mapping.h"

namespace bitloom::mapping::bitfusion {

/// The loops over tiles, in the order in which loop orders are listed.
enum class Loop { kBatch, kColumn, kRow, kIn, kOut };
constexpr std::size_t kLoops = 5;
/// `batch`, `x`, `y`, `in`, `out`.
std::string_view to_text(Loop loop);

enum class Buffer { kWeights, kActivations, kOutputs };
constexpr std::size_t kBuffers = 3;

/// Outermost first.
using LoopOrder = std::array<Loop, kLoops>;

template <class Value>
using PerLoop = std::array<Value, kLoops>;
template <class Value>
using PerBuffer = std::array<Value, kBuffers>;
template <class Enum>
constexpr std::size_t index(Enum value) {
  return static_cast<std::size_t>(value);
}

/// What one loop contributes to a buffer's size, as a factor: 1 where the buffer does not depend on
/// it. `held` takes space in the scratchpad, `moved` crosses the DRAM port.
struct Span {
  std::int64_t held_tile = 1;       // one tile
  std::int64_t held_all = 1;        // all the loop's tiles, kept together
  std::int64_t moved_tile = 1;      // the first tile
  std::int64_t moved_resident = 1;  // all tiles, as the scratchpad keeps them
  std::int64_t moved_streamed = 1;  // all tiles, one after the other
};

/// One way to cut a loop.
struct Cut {
  std::int64_t tile = 1;    // of the loop's bound, at most
  std::int64_t trips = 1;   // tiles
  std::int64_t extent = 1;  // what the tiles add up to
  std::int64_t steps = 1;   // array steps that they add up to: pixels, reductions, column groups
  std::int64_t tile_steps = 1;  // of a whole tile
  PerBuffer<Span> spans{};
};

/// All five loops cut.
using Tiling = PerLoop<Cut>;

/// One tile of a loop: its factor of the array steps and of what crosses the port to a buffer.
struct Part {
  std::int64_t steps = 1;
  PerBuffer<std::int64_t> resident{1, 1, 1};  // beyond what the loop's tiles before it have brought
  PerBuffer<std::int64_t> streamed{1, 1, 1};  // on its own
};

/// Whether the contents of `buffer` change with `loop`.
bool depends(Buffer buffer, Loop loop, Reduction reduction);

/// The cuts to choose from: rows and columns share an index, as tiles of an image are square.
struct Cuts {
  std::vector<Cut> batch, columns, rows, in, out;
};
Cuts cuts_of(const LoopNest& nest, const hardware::BitFusion& hardware);

/// The cuts of given tile sizes, and the tiles of each loop one by one; they add up to the cuts.
Tiling cut(const LoopNest& nest, const hardware::BitFusion& hardware,
           const PerLoop<std::int64_t>& tile);
PerLoop<std::vector<Part>> parts_of(const LoopNest& nest, const hardware::BitFusion& hardware,
                                    const PerLoop<std::int64_t>& tile);

}  // namespace bitloom::mapping::bitfusion
