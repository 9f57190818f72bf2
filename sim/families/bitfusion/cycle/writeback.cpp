#include "sim/families/bitfusion/cycle/writeback.h"

namespace bitloom::cycle::bitfusion {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::BufferWalk;

Writeback::Writeback(const sc_core::sc_module_name& name,
                     const mapping::bitfusion::TileProgram& program, std::int64_t port_bits,
                     Links links)
    : Stage(name),
      walk_(program, Buffer::kOutputs, BufferWalk::Direction::kOut),
      burst_(port_bits),
      links_(links) {
  links_.port.connect(Stream::kResults, *this);
  links_.outputs_done.connect(*this);
  walked_ = !walk_.next(tile_);
}

void Writeback::advance() {
  while (!walked_) {
    const std::optional<Cycles> done = links_.outputs_done.take();
    if (!done) return;
    if (tile_.opens_block) burst_.begin();
    const Transfer transfer{tile_.bits, burst_.beats_of(tile_.bits), tile_.needed};
    closes_block_.push_back(tile_.closes_block);
    walked_ = !walk_.next(tile_);
    links_.port.request(Stream::kResults, transfer, *done);
  }
}

void Writeback::moved(Cycles at) {
  const bool closes_block = closes_block_.front();
  closes_block_.pop_front();
  end_ = at;
  if (closes_block) links_.block_free.push(at);
}

}  // namespace bitloom::cycle::bitfusion
