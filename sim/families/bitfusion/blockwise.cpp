#include "sim/families/bitfusion/blockwise.h"

#include <algorithm>

namespace bitloom::analytic::bitfusion {
namespace {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::Cut;
using mapping::bitfusion::index;
using mapping::bitfusion::kBuffers;
using mapping::bitfusion::kLoops;
using mapping::bitfusion::Loop;
using mapping::bitfusion::Span;

/// The loops from some depth inwards, run through once.
struct Inside {
  std::int64_t tiles = 1;
  std::int64_t work = 1;  // of the array, in cycles
};

class Blockwise {
 public:
  Blockwise(const CutTiling& tiling, const LoopOrder& order, const Moves& moves,
            const BlockTraits& traits)
      : tiling_(tiling), order_(order), moves_(moves), traits_(traits) {
    Inside& tile = inside_[kLoops];
    tile.work = traits.passes;
    for (const Cut* cut : tiling) tile.work *= cut->tile_steps;
    for (std::size_t depth = kLoops; depth > 0; --depth) {
      const Cut& cut = at(depth - 1);
      inside_[depth - 1] = {inside_[depth].tiles * cut.trips,
                            inside_[depth].work / cut.tile_steps * cut.steps};
    }
    for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) {
      tile_bits_[buffer] = traits.element_bits[buffer];
      for (const Cut* cut : tiling) tile_bits_[buffer] *= cut->spans[buffer].moved_tile;
    }
    const std::int64_t outputs =
        tile_bits_[index(Buffer::kOutputs)] / traits.element_bits[index(Buffer::kOutputs)];
    last_out_ = beats(outputs * traits.final_bits);
    first_in_ =
        beats(tile_bits_[index(Buffer::kWeights)] + tile_bits_[index(Buffer::kActivations)] +
              (traits.fills_first ? tile_bits_[index(Buffer::kOutputs)] : 0));
  }

  /// As no tile begins before all that the tiles up to it need has crossed the port: at the end of
  /// each loop's first run, when most is new.
  std::int64_t by_supply() const {
    PerBuffer<std::int64_t> bits = tile_bits_;
    std::int64_t visits = 1, longest = first_in_ - inside_[kLoops].work;
    for (std::size_t depth = kLoops; depth > 0; --depth) {
      for (std::size_t buffer = 0; buffer < kBuffers; ++buffer)
        grow(bits[buffer], Buffer(buffer), depth - 1);
      if (depth - 1 < fetch(Buffer::kOutputs).around && !depends(Buffer::kOutputs, depth - 1))
        visits *= at(depth - 1).trips;
      const std::int64_t outputs = bits[index(Buffer::kOutputs)];
      const std::int64_t fills = outputs - (traits_.fills_first ? 0 : outputs / visits);
      const std::int64_t in =
          beats(bits[index(Buffer::kWeights)] + bits[index(Buffer::kActivations)] + fills);
      longest = std::max(longest, in - inside_[depth - 1].work);
    }
    return longest + inside_[0].work + inside_[kLoops].work + last_out_ + traits_.passage;
  }

  /// As a buffer's last tile has come when all before it have.
  std::int64_t by_last_tile(Buffer buffer) const {
    const Fetch& f = fetch(buffer);
    return beats(f.moved * traits_.element_bits[index(buffer)]) + inside_[0].work / f.blocks -
           work_before(buffer, false) + last_out_ + traits_.passage;
  }

  /// As a block finds room when the one before it that had this room has left.
  std::int64_t by_room(Buffer buffer) const {
    const Fetch& f = fetch(buffer);
    const std::int64_t room = 2 * (traits_.capacity[index(buffer)] / f.held);
    const std::int64_t turns = (f.blocks - 1) / room;
    if (turns == 0) return 0;
    const std::int64_t undisturbed = turns + (f.blocks - 1) % room + 1;
    const double work = static_cast<double>(inside_[0].work) / static_cast<double>(f.blocks);
    return turns * (traits_.passage + turnaround(buffer)) +
           static_cast<std::int64_t>(work * static_cast<double>(undisturbed)) + first_in_ +
           last_out_ + traits_.passage;
  }

 private:
  const Cut& at(std::size_t depth) const { return *tiling_[index(order_[depth])]; }
  const Fetch& fetch(Buffer buffer) const { return moves_.fetches[index(buffer)]; }
  bool depends(Buffer buffer, std::size_t depth) const {
    return traits_.depends[index(buffer)][index(order_[depth])];
  }
  std::int64_t beats(std::int64_t bits) const { return ceil_div(bits, traits_.port_bits); }

  /// From what one run of the loops inside fetches to what one of the loop at `depth` does.
  void grow(std::int64_t& bits, Buffer buffer, std::size_t depth) const {
    const bool streams = depth < fetch(buffer).around;
    const Span& span = at(depth).spans[index(buffer)];
    if (depends(buffer, depth))
      bits = bits / span.moved_tile * (streams ? span.moved_streamed : span.moved_resident);
    else if (streams)
      bits *= at(depth).trips;
  }

  /// Work on a block before its last tile is new (`of_sums`: before its first one is final).
  std::int64_t work_before(Buffer buffer, bool of_sums) const {
    std::int64_t tiles = 0;
    for (std::size_t depth = fetch(buffer).around; depth < kLoops; ++depth)
      if (of_sums ? order_[depth] == Loop::kIn : depends(buffer, depth))
        tiles += (at(depth).trips - 1) * inside_[depth + 1].tiles;
    return tiles * inside_[kLoops].work;
  }

  /// From when a block has passed the array until the next one in its room is worked on, less what
  /// can be done meanwhile.
  std::int64_t turnaround(Buffer buffer) const {
    const Fetch& f = fetch(buffer);
    const std::int64_t tiles_in_block = tiles_of(buffer);
    const auto part = [&](std::int64_t all) { return ceil_div(all, tiles_in_block); };
    const auto mean_beats = [&](std::int64_t bits) {
      return ceil_div(bits, f.blocks * traits_.port_bits);
    };
    if (buffer != Buffer::kOutputs) {
      const std::int64_t load = mean_beats(f.moved * traits_.element_bits[index(buffer)]);
      return std::max(part(load), load - work_before(buffer, false));
    }
    const std::int64_t fill = mean_beats(moves_.fill), drain = mean_beats(moves_.drain);
    const std::int64_t after_first = std::max<std::int64_t>(
        0, inside_[0].work / f.blocks - work_before(buffer, true) - inside_[kLoops].work);
    return std::max(part(fill), fill - work_before(buffer, false)) +
           std::max(part(drain), drain - after_first);
  }

  /// Different ones of a block.
  std::int64_t tiles_of(Buffer buffer) const {
    std::int64_t tiles = 1;
    for (std::size_t depth = fetch(buffer).around; depth < kLoops; ++depth)
      if (depends(buffer, depth)) tiles *= at(depth).trips;
    return tiles;
  }

  const CutTiling& tiling_;
  const LoopOrder& order_;
  const Moves& moves_;
  const BlockTraits& traits_;
  std::array<Inside, kLoops + 1> inside_;
  PerBuffer<std::int64_t> tile_bits_{};
  std::int64_t first_in_ = 0, last_out_ = 0;
};

}  // namespace

std::int64_t blockwise_cycles(const CutTiling& tiling, const LoopOrder& order, const Moves& moves,
                              const BlockTraits& traits) {
  const Blockwise blockwise(tiling, order, moves, traits);
  return std::max({blockwise.by_supply(), blockwise.by_last_tile(Buffer::kWeights),
                   blockwise.by_last_tile(Buffer::kActivations),
                   blockwise.by_room(Buffer::kWeights), blockwise.by_room(Buffer::kActivations),
                   blockwise.by_room(Buffer::kOutputs)});
}

}  // namespace bitloom::analytic::bitfusion
