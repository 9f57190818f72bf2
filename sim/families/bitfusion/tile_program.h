#pragma once

#include "sim/families/bitfusion/tiling.h"

namespace bitloom::mapping::bitfusion {

/// The tiling and loop order to run a nest with.
struct Plan {
  PerLoop<std::int64_t> tile{};
  LoopOrder order{};
};

/// A nest as it runs, tile by tile: groups outermost, then the plan's loops. Each buffer keeps a
/// block, the tiles of its innermost loops that fit half of its scratchpad together; the loops
/// around them fetch block after block (docs/reference/bitfusion.md). It holds all it needs.
class TileProgram {
 public:
  TileProgram(const LoopNest& nest, const hardware::BitFusion& hardware, const Plan& plan);

  /// Tiles that the array computes, over all groups.
  std::int64_t tiles() const { return tiles_; }
  /// Cycles that an array step takes: more than one for operands wider than a unit.
  std::int64_t passes() const { return passes_; }
  /// Blocks of a buffer that its scratchpad holds: as many as fit both halves, two at least.
  std::int64_t room(Buffer buffer) const { return blocks_[index(buffer)].room; }

 private:
  friend class ArrayWalk;
  friend class BufferWalk;

  static constexpr std::size_t kDepth = kLoops + 1;
  struct Block {
    std::size_t outside = 1;  // loops around it, groups among them
    std::int64_t room = 2;
  };
  struct RunLoop {
    std::vector<Part> parts;
    PerBuffer<bool> depends{true, true, true};
    bool sums = false;  // over input channels

    std::int64_t trips() const { return static_cast<std::int64_t>(parts.size()); }
  };

  std::array<RunLoop, kDepth> loops_;  // outermost first
  PerBuffer<Block> blocks_;
  PerBuffer<std::int64_t> element_bits_;
  std::int64_t final_bits_;
  bool fills_first_;
  std::int64_t tiles_ = 1;
  std::int64_t passes_;
};

/// What the array does, tile after tile.
class ArrayWalk {
 public:
  struct Tile {
    std::int64_t cycles = 0;
    PerBuffer<bool> takes{};         // the buffer's next tile has to be there
    PerBuffer<bool> closes_block{};  // the array has done with the buffer's block
    bool completes_outputs = false;  // the tile's outputs are final, or leave as sums
  };
  explicit ArrayWalk(const TileProgram& program) : program_(program) {}

  /// The next tile; false when there is none.
  bool next(Tile& tile);

 private:
  const TileProgram& program_;
  std::array<std::int64_t, TileProgram::kDepth> at_{};
  bool begun_ = false;
};

/// What crosses the port to or from a buffer, tile after tile, in the order in which the array
/// takes the tiles up (`kIn`) or completes them (`kOut`, outputs only).
class BufferWalk {
 public:
  enum class Direction { kIn, kOut };
  struct Tile {
    std::int64_t bits = 0;
    std::int64_t needed = 0;  // the array's tile that waits for this transfer, counted from 0
    bool opens_block = false;
    bool closes_block = false;
  };
  BufferWalk(const TileProgram& program, Buffer buffer, Direction direction);

  bool next(Tile& tile);

 private:
  bool counts(std::size_t depth) const;
  std::int64_t bits() const;

  const TileProgram& program_;
  std::size_t buffer_;
  Direction direction_;
  std::array<std::int64_t, TileProgram::kDepth> at_{};
  std::array<std::int64_t, TileProgram::kDepth> stride_{};  // in the array's tiles
  std::int64_t block_tiles_;                                // of the array, between blocks
  bool begun_ = false;
};

}  // namespace bitloom::mapping::bitfusion
