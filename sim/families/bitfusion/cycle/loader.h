#pragma once

#include "sim/families/bitfusion/cycle/dram_port.h"
#include "sim/families/bitfusion/cycle/token_queue.h"
#include "sim/families/bitfusion/tile_program.h"

namespace bitloom::cycle::bitfusion {

/// Beats of tiles that lie behind one another in DRAM, in the order of use: a beat may end one and
/// begin the next.
class Burst {
 public:
  explicit Burst(std::int64_t port_bits) : port_bits_(port_bits) {}
  void begin() { bits_ = 0; }
  std::int64_t beats_of(std::int64_t bits) {
    const std::int64_t before = ceil_div(bits_, port_bits_);
    bits_ += bits;
    return ceil_div(bits_, port_bits_) - before;
  }

 private:
  std::int64_t port_bits_;
  std::int64_t bits_ = 0;
};

/// Fills a scratchpad: waits for room for a block, asks for the tiles of a block, one burst,
/// and tells the array of each.
class Loader : public Stage, private PortClient {
 public:
  struct Links {
    DramPort& port;
    TokenQueue& block_free;
    TokenQueue& tile_ready;
  };
  Loader(const sc_core::sc_module_name& name, Stream stream, mapping::bitfusion::Buffer buffer,
         const mapping::bitfusion::TileProgram& program, std::int64_t port_bits, Links links);

  bool finished() const { return walked_ && under_way_ == 0; }

 private:
  static constexpr int kMostUnderWay = 8;  // requests whose data have not come

  void advance() override;
  void moved(Cycles at) override;

  Stream stream_;
  mapping::bitfusion::BufferWalk walk_;
  Burst burst_;
  Links links_;
  mapping::bitfusion::BufferWalk::Tile tile_;
  bool has_tile_ = false;
  bool walked_ = false;
  Cycles earliest_;
  int under_way_ = 0;
};

}  // namespace bitloom::cycle::bitfusion
