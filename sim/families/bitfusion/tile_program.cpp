#include "sim/families/bitfusion/tile_program.h"

#include "sim/families/bitfusion/scratchpads.h"

namespace bitloom::mapping::bitfusion {
namespace {

struct Kept {
  std::size_t loops_around = 0;  // of the plan's, from the outermost on
  std::int64_t elements = 1;
};

/// The block of `buffer` that fits `capacity` elements.
Kept kept_block(Buffer buffer, const Tiling& cuts, const LoopOrder& order, const LoopNest& nest,
                std::int64_t capacity) {
  Kept kept;
  for (const Cut& cut : cuts) kept.elements *= cut.spans[index(buffer)].held_tile;
  for (std::size_t depth = kLoops; depth > 0; --depth) {
    const Loop loop = order[depth - 1];
    if (!depends(buffer, loop, nest.reduction)) continue;
    const Span& span = cuts[index(loop)].spans[index(buffer)];
    const std::int64_t grown = kept.elements / span.held_tile * span.held_all;
    if (grown > capacity) {
      kept.loops_around = depth;
      break;
    }
    kept.elements = grown;
  }
  return kept;
}

}  // namespace

TileProgram::TileProgram(const LoopNest& nest, const hardware::BitFusion& hw, const Plan& plan)
    : element_bits_(mapping::bitfusion::element_bits(nest)),
      final_bits_(hw.output_dram_bits > 0 ? hw.output_dram_bits : nest.precision.activation_bits),
      fills_first_(hw.oddities.psum_first_touch),
      passes_(packing(nest.precision.activation_bits, hw).cycles *
              packing(nest.precision.weight_bits, hw).cycles) {
  const Tiling cuts = cut(nest, hw, plan.tile);
  PerLoop<std::vector<Part>> parts = parts_of(nest, hw, plan.tile);
  loops_[0].parts.resize(static_cast<std::size_t>(nest.repeats));
  for (std::size_t i = 0; i < kLoops; ++i) {
    const Loop loop = plan.order[i];
    loops_[i + 1].parts = std::move(parts[index(loop)]);
    loops_[i + 1].sums = loop == Loop::kIn;
    for (std::size_t buffer = 0; buffer < kBuffers; ++buffer)
      loops_[i + 1].depends[buffer] = depends(Buffer(buffer), loop, nest.reduction);
  }
  for (const RunLoop& loop : loops_) tiles_ *= loop.trips();
  const PerBuffer<std::int64_t> capacity = mapping::bitfusion::capacity(nest, hw);
  for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) {
    const Kept kept = kept_block(Buffer(buffer), cuts, plan.order, nest, capacity[buffer]);
    blocks_[buffer] = {1 + kept.loops_around, 2 * (capacity[buffer] / kept.elements)};
  }
}

bool ArrayWalk::next(Tile& tile) {
  const auto& loops = program_.loops_;
  if (begun_) {
    std::size_t depth = loops.size();
    while (depth > 0 && ++at_[depth - 1] == loops[depth - 1].trips()) at_[--depth] = 0;
    if (depth == 0) return false;
  }
  begun_ = true;
  tile.cycles = program_.passes_;
  tile.takes = tile.closes_block = {true, true, true};
  tile.completes_outputs = true;
  for (std::size_t depth = 0; depth < loops.size(); ++depth) {
    const TileProgram::RunLoop& loop = loops[depth];
    const bool last = at_[depth] + 1 == loop.trips();
    tile.cycles *= loop.parts[static_cast<std::size_t>(at_[depth])].steps;
    for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) {
      if (depth < program_.blocks_[buffer].outside) continue;
      tile.closes_block[buffer] = tile.closes_block[buffer] && last;
      if (!loop.depends[buffer]) tile.takes[buffer] = tile.takes[buffer] && at_[depth] == 0;
    }
    if (depth >= program_.blocks_[index(Buffer::kOutputs)].outside && loop.sums)
      tile.completes_outputs = tile.completes_outputs && last;
  }
  return true;
}

BufferWalk::BufferWalk(const TileProgram& program, Buffer buffer, Direction direction)
    : program_(program), buffer_(index(buffer)), direction_(direction) {
  std::int64_t stride = 1;
  for (std::size_t depth = program.loops_.size(); depth > 0; --depth) {
    if (depth == program.blocks_[buffer_].outside) block_tiles_ = stride;
    stride_[depth - 1] = stride;
    stride *= program.loops_[depth - 1].trips();
  }
}

/// Whether the buffer's tile changes with the loop; around a block, all loops bring another.
bool BufferWalk::counts(std::size_t depth) const {
  return depth < program_.blocks_[buffer_].outside || program_.loops_[depth].depends[buffer_];
}

bool BufferWalk::next(Tile& tile) {
  const auto& loops = program_.loops_;
  if (begun_) {
    std::size_t depth = loops.size();
    for (; depth > 0; --depth) {
      if (!counts(depth - 1)) continue;
      if (++at_[depth - 1] < loops[depth - 1].trips()) break;
      at_[depth - 1] = 0;
    }
    if (depth == 0) return false;
  }
  begun_ = true;
  tile = {.bits = bits(), .needed = 0, .opens_block = true, .closes_block = true};
  for (std::size_t depth = 0; depth < loops.size(); ++depth) {
    const bool in_block = depth >= program_.blocks_[buffer_].outside;
    if (direction_ == Direction::kIn || !in_block) tile.needed += at_[depth] * stride_[depth];
    if (!in_block || !counts(depth)) continue;
    tile.opens_block = tile.opens_block && at_[depth] == 0;
    tile.closes_block = tile.closes_block && at_[depth] + 1 == loops[depth].trips();
  }
  if (direction_ == Direction::kOut)  // it makes room for a later block
    tile.needed += program_.blocks_[buffer_].room * block_tiles_;
  return true;
}

std::int64_t BufferWalk::bits() const {
  std::int64_t elements = 1;
  bool first_visit = true, last_visit = true;
  for (std::size_t depth = 0; depth < program_.loops_.size(); ++depth) {
    const TileProgram::RunLoop& loop = program_.loops_[depth];
    const bool around = depth < program_.blocks_[buffer_].outside;
    if (loop.depends[buffer_]) {
      const Part& part = loop.parts[static_cast<std::size_t>(at_[depth])];
      elements *= (around ? part.streamed : part.resident)[buffer_];
    } else if (around) {
      first_visit = first_visit && at_[depth] == 0;
      last_visit = last_visit && at_[depth] + 1 == loop.trips();
    }
  }
  if (buffer_ != index(Buffer::kOutputs)) return elements * program_.element_bits_[buffer_];
  if (direction_ == Direction::kOut)
    return elements * (last_visit ? program_.final_bits_ : program_.element_bits_[buffer_]);
  return first_visit && !program_.fills_first_ ? 0 : elements * program_.element_bits_[buffer_];
}

}  // namespace bitloom::mapping::bitfusion
