#include "sim/families/bitfusion/cycle/loader.h"

#include <algorithm>

namespace bitloom::cycle::bitfusion {

using mapping::bitfusion::BufferWalk;

Loader::Loader(const sc_core::sc_module_name& name, Stream stream,
               mapping::bitfusion::Buffer buffer, const mapping::bitfusion::TileProgram& program,
               std::int64_t port_bits, Links links)
    : Stage(name),
      stream_(stream),
      walk_(program, buffer, BufferWalk::Direction::kIn),
      burst_(port_bits),
      links_(links) {
  links_.port.connect(stream, *this);
  links_.block_free.connect(*this);
}

void Loader::advance() {
  while (under_way_ < kMostUnderWay) {
    if (!has_tile_) {
      if (walked_ || !walk_.next(tile_)) {
        walked_ = true;
        return;
      }
      has_tile_ = true;
    }
    if (tile_.opens_block) {
      const std::optional<Cycles> freed = links_.block_free.take();
      if (!freed) return;
      earliest_ = std::max(earliest_, *freed);
      burst_.begin();
    }
    has_tile_ = false;
    ++under_way_;
    links_.port.request(stream_, {tile_.bits, burst_.beats_of(tile_.bits), tile_.needed},
                        earliest_);
  }
}

void Loader::moved(Cycles at) {
  if (under_way_-- == kMostUnderWay) earliest_ = std::max(earliest_, at);
  links_.tile_ready.push(at);
  go_on();
}

}  // namespace bitloom::cycle::bitfusion
