#pragma once

#include "sim/families/bitfusion/cycle/dram_port.h"
#include "sim/families/bitfusion/cycle/loader.h"
#include "sim/families/bitfusion/cycle/token_queue.h"
#include "sim/families/bitfusion/tile_program.h"

namespace bitloom::cycle::bitfusion {

/// Writes outputs back as the array completes them, and makes room for another block with the last
/// of one.
class Writeback : public Stage, private PortClient {
 public:
  struct Links {
    DramPort& port;
    TokenQueue& outputs_done;
    TokenQueue& block_free;
  };
  Writeback(const sc_core::sc_module_name& name, const mapping::bitfusion::TileProgram& program,
            std::int64_t port_bits, Links links);

  bool finished() const { return walked_ && closes_block_.empty(); }
  /// When the last output has left.
  Cycles end() const { return end_; }

 private:
  void advance() override;
  void moved(Cycles at) override;
  void next();

  mapping::bitfusion::BufferWalk walk_;
  Burst burst_;
  Links links_;
  mapping::bitfusion::BufferWalk::Tile tile_;
  bool walked_ = false;
  std::deque<bool> closes_block_;  // of the tiles under way
  Cycles end_;
};

}  // namespace bitloom::cycle::bitfusion
