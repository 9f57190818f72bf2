#include "sim/families/shift/cycle/shift_array.h"

#include <algorithm>
#include <utility>

namespace bitloom::cycle::shift {

ShiftArray::ShiftArray(const sc_core::sc_module_name& name, const Clock& clock,
                       const mapping::shift::Mapping& mapping, const hardware::Shift& hardware,
                       const Ports& ports, std::function<void(std::int64_t)> tiles_done)
    : sc_module(name),
      clock_(clock),
      m_(mapping),
      beats_(mapping, hardware),
      ports_(ports),
      tiles_done_(std::move(tiles_done)),
      tile_(mapping) {
  SC_METHOD(go_on);
  sensitive << computed_ << ports_.activations.done() << ports_.weights.done()
            << ports_.results.done();
}

void ShiftArray::go_on() {
  if (!filling_ && !computing_ && !finished_) {
    filling_ = true;
    ports_.activations.begin(beats_.activations_of(0));
    ports_.weights.begin(beats_.weights_of(0, 0));
    return;
  }
  if (finished_ || !may_change()) return;
  count_waits();
  if (std::exchange(filling_, false)) {
    computing_ = true;
  } else {
    if (tile_.ends_group()) ports_.results.begin(beats_.results_of(tile_.group(), tile_.block()));
    tile_.advance();
  }
  if (tile_.at_end()) {
    finished_ = true;
    spent_.drain = (ports_.results.end() - computed_at_).count();
    return;
  }
  begin_tile(tile_);
}

/// Whether the halves of all buffers that the next tile changes are ready for it.
bool ShiftArray::may_change() const {
  if (filling_) return !ports_.activations.is_busy() && !ports_.weights.is_busy();
  if (clock_.after(sc_core::SC_ZERO_TIME) < computed_at_ || ports_.weights.is_busy()) return false;
  if (tile_.ends_group() && ports_.results.is_busy()) return false;
  return !tile_.ends_block() || !ports_.activations.is_busy();
}

/// From where the tile was computed until now.
void ShiftArray::count_waits() {
  const auto wait_for = [&](const TransferPort& port, std::int64_t& wait) {
    if (port.end() <= computed_at_) return;
    wait += (port.end() - computed_at_).count();
    computed_at_ = port.end();
  };
  if (filling_) {
    wait_for(ports_.weights, spent_.fill);
    wait_for(ports_.activations, spent_.fill);
    return;
  }
  wait_for(ports_.weights, spent_.weight_wait);
  if (tile_.ends_group()) wait_for(ports_.results, spent_.result_wait);
  if (tile_.ends_block()) wait_for(ports_.activations, spent_.activation_wait);
}

void ShiftArray::begin_tile(const TileWalk& tile) {
  const std::int64_t pixels = m_.pixels_of(tile.block());
  const std::int64_t passes = m_.passes(tile.group(), tile.row_tile());
  const Cycles takes(pixels * passes);
  spent_.compute += takes.count();
  shift_adds_ += pixels * passes * m_.rows_of(tile.row_tile()) * m_.columns_of(tile.group());
  computed_at_ += takes;
  computed_.notify(clock_.span(takes));
  fetch_after(tile);
  ++tiles_;
  if (tiles_done_) tiles_done_(tiles_);
}

/// Asks for what comes while a tile is computed.
void ShiftArray::fetch_after(const TileWalk& tile) {
  TileWalk next = tile;
  next.advance();
  if (!next.at_end()) ports_.weights.begin(beats_.weights_of(next.group(), next.row_tile()));
  if (!tile.begins_block()) return;
  if (tile.block() + 1 < m_.blocks())
    ports_.activations.begin(beats_.activations_of(tile.block() + 1));
  else if (tile.product() + 1 < m_.products)
    ports_.activations.begin(beats_.activations_of(0));
}

}  // namespace bitloom::cycle::shift
