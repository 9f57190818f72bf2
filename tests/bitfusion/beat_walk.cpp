#include "tests/bitfusion/beat_walk.h"

#include <algorithm>
#include <vector>

namespace bitloom::testing {
namespace {

using mapping::bitfusion::ArrayWalk;
using mapping::bitfusion::Buffer;
using mapping::bitfusion::BufferWalk;
using mapping::bitfusion::index;
using mapping::bitfusion::TileProgram;

constexpr std::int64_t kNever = std::int64_t{1} << 60;

/// One stream over the port: its tiles, when each may begin and when it has ended.
struct Lane {
  struct Tile {
    std::int64_t beats, needed, block;
    bool closes_block;
    std::int64_t may_begin = kNever, end = kNever;
  };
  std::vector<Tile> tiles;
  std::size_t head = 0;

  Lane(const TileProgram& program, Buffer buffer, BufferWalk::Direction direction,
       std::int64_t port_bits) {
    BufferWalk walk(program, buffer, direction);
    std::int64_t block = -1, bits = 0;
    for (BufferWalk::Tile tile; walk.next(tile);) {
      if (tile.opens_block) ++block, bits = 0;
      const std::int64_t before = ceil_div(bits, port_bits);
      bits += tile.bits;
      tiles.push_back({ceil_div(bits, port_bits) - before, tile.needed, block, tile.closes_block});
    }
  }
  bool empty() const { return head == tiles.size(); }
  bool open(std::int64_t now) const { return !empty() && tiles[head].may_begin <= now; }
  /// Ends tiles at the head that need no beat.
  bool end_beatless(std::int64_t now) {
    if (!open(now) || tiles[head].beats > 0) return false;
    tiles[head++].end = now;
    return true;
  }
  bool move_beat(std::int64_t now) {
    if (--tiles[head].beats == 0) tiles[head++].end = now + 1;
    return true;
  }
};

class Walk {
 public:
  Walk(const TileProgram& program, const hardware::BitFusion& hw)
      : lanes_{Lane(program, Buffer::kOutputs, BufferWalk::Direction::kOut, hw.port_bits),
               Lane(program, Buffer::kOutputs, BufferWalk::Direction::kIn, hw.port_bits),
               Lane(program, Buffer::kWeights, BufferWalk::Direction::kIn, hw.port_bits),
               Lane(program, Buffer::kActivations, BufferWalk::Direction::kIn, hw.port_bits)},
        room_{program.room(Buffer::kOutputs), program.room(Buffer::kWeights),
              program.room(Buffer::kActivations)},
        skew_(hw.rows + hw.columns - 2) {
    ArrayWalk walk(program);
    for (ArrayWalk::Tile tile; walk.next(tile);) array_.push_back(tile);
    for (std::size_t lane = 1; lane < 4; ++lane)
      for (std::int64_t block = 0; block < room_[lane - 1]; ++block)
        free_block(lanes_[lane], block, 0);
  }

  std::int64_t run() {
    for (std::int64_t now = 0; !done(now); ++now) {
      while (settle(now)) {
      }
      Lane* best = nullptr;
      for (Lane& lane : lanes_)
        if (lane.open(now) &&
            (!best || lane.tiles[lane.head].needed < best->tiles[best->head].needed))
          best = &lane;
      if (best) best->move_beat(now);
    }
    return lanes_[0].tiles.back().end;
  }

 private:
  bool done(std::int64_t now) const { return lanes_[0].empty() && now > 0; }

  /// What happens within a cycle; whether anything did.
  bool settle(std::int64_t now) {
    bool moved = false;
    for (Lane& lane : lanes_) moved = lane.end_beatless(now) || moved;
    for (; left_ < lanes_[0].head && lanes_[0].tiles[left_].end <= now; ++left_, moved = true)
      if (lanes_[0].tiles[left_].closes_block)
        free_block(lanes_[1], lanes_[0].tiles[left_].block + room_[0], now);
    return start_tile(now) || moved;
  }

  bool start_tile(std::int64_t now) {
    if (next_ == array_.size() || busy_until_ > now) return false;
    const ArrayWalk::Tile& tile = array_[next_];
    const Buffer buffers[] = {Buffer::kOutputs, Buffer::kWeights, Buffer::kActivations};
    for (std::size_t i = 0; i < 3; ++i)
      if (tile.takes[index(buffers[i])] && lanes_[i + 1].tiles[taken_[i]].end > now) return false;
    for (std::size_t i = 0; i < 3; ++i) taken_[i] += tile.takes[index(buffers[i])] ? 1 : 0;
    busy_until_ = now + tile.cycles;
    const std::int64_t left = busy_until_ + skew_;
    if (tile.closes_block[index(Buffer::kWeights)])
      free_block(lanes_[2], room_[1] + closed_[0]++, left);
    if (tile.closes_block[index(Buffer::kActivations)])
      free_block(lanes_[3], room_[2] + closed_[1]++, left);
    if (tile.completes_outputs) lanes_[0].tiles[completed_++].may_begin = left;
    ++next_;
    return true;
  }

  static void free_block(Lane& lane, std::int64_t block, std::int64_t from) {
    auto tile = std::lower_bound(lane.tiles.begin(), lane.tiles.end(), block,
                                 [](const Lane::Tile& a, std::int64_t b) { return a.block < b; });
    for (; tile != lane.tiles.end() && tile->block == block; ++tile) tile->may_begin = from;
  }

  std::array<Lane, 4> lanes_;  // results, sums, weights, activations
  std::vector<ArrayWalk::Tile> array_;
  std::array<std::int64_t, 3> room_;  // sums, weights, activations
  std::int64_t skew_;
  std::size_t next_ = 0, completed_ = 0, left_ = 0;
  std::array<std::size_t, 3> taken_{};
  std::array<std::int64_t, 2> closed_{};
  std::int64_t busy_until_ = 0;
};

}  // namespace

std::int64_t walk_beats(const TileProgram& program, const hardware::BitFusion& hardware) {
  return Walk(program, hardware).run();
}

}  // namespace bitloom::testing
