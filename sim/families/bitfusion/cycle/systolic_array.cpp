#include "sim/families/bitfusion/cycle/systolic_array.h"

#include <algorithm>

namespace bitloom::cycle::bitfusion {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::index;
using mapping::bitfusion::kBuffers;

SystolicArray::SystolicArray(const sc_core::sc_module_name& name,
                             const mapping::bitfusion::TileProgram& program, Cycles skew,
                             const Links& links, std::function<void(std::int64_t)> tiles_done)
    : Stage(name), walk_(program), skew_(skew), links_(links), tiles_done_(std::move(tiles_done)) {
  for (TokenQueue* queue : links_.tile_ready) queue->connect(*this);
  finished_ = !walk_.next(tile_);
  waits_ = tile_.takes;
}

void SystolicArray::advance() {
  while (!finished_ && take_tokens()) {
    compute();
    finished_ = !walk_.next(tile_);
    waits_ = tile_.takes;
    arrived_ = {};
  }
}

/// Whether all that the tile takes has been announced.
bool SystolicArray::take_tokens() {
  for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) {
    if (!waits_[buffer]) continue;
    const std::optional<Cycles> arrived = links_.tile_ready[buffer]->take();
    if (!arrived) return false;
    waits_[buffer] = false;
    arrived_[buffer] = *arrived;
  }
  return true;
}

void SystolicArray::compute() {
  const auto latest = std::max_element(arrived_.begin(), arrived_.end());
  if (*latest > time_) {
    const auto buffer = static_cast<std::size_t>(latest - arrived_.begin());
    (tiles_ == 0 ? counters_.first_wait : counters_.waits[buffer]) += *latest - time_;
    time_ = *latest;
  }
  const Cycles cycles(tile_.cycles);
  time_ += cycles;
  counters_.busy += cycles;
  for (const Buffer buffer : {Buffer::kWeights, Buffer::kActivations})
    if (tile_.closes_block[index(buffer)]) links_.block_free[index(buffer)]->push(time_ + skew_);
  if (tile_.completes_outputs) links_.outputs_done.push(time_ + skew_);
  ++tiles_;
  if (tiles_done_) tiles_done_(tiles_);
}

}  // namespace bitloom::cycle::bitfusion
