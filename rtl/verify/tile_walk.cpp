#include "rtl/verify/tile_walk.h"

#include <algorithm>

namespace bitloom::verify {

TileWalk::TileWalk(const mapping::Schedule& schedule) : schedule_(&schedule), walk_(schedule) {
  skip_phases_without_results();
}

std::int64_t TileWalk::activation_tile() const {
  return schedule_->mapping.activations.block(walk_.index().activation_block).first_tile +
         (activations_outer() ? outer_tile_ : inner_tile_);
}

std::int64_t TileWalk::weight_tile() const {
  return schedule_->mapping.weights.block(walk_.index().weight_block).first_tile +
         (activations_outer() ? inner_tile_ : outer_tile_);
}

std::int64_t TileWalk::first_pixel() const {
  return activation_tile() * schedule_->mapping.activations.rows_per_tile;
}

std::int64_t TileWalk::first_channel() const {
  return weight_tile() * schedule_->mapping.weights.rows_per_tile;
}

std::int64_t TileWalk::pixels() const {
  const mapping::OperandBlocks& rows = schedule_->mapping.activations;
  return std::min(rows.rows_per_tile, rows.rows - first_pixel());
}

std::int64_t TileWalk::channels() const {
  const mapping::OperandBlocks& columns = schedule_->mapping.weights;
  return std::min(columns.rows_per_tile, columns.rows - first_channel());
}

void TileWalk::next() {
  const mapping::Phase& phase = walk_.phase();
  const mapping::PhaseOperand& outer = activations_outer() ? phase.activations : phase.weights;
  const mapping::PhaseOperand& inner = activations_outer() ? phase.weights : phase.activations;
  if (++inner_tile_ < inner.tiles) return;
  inner_tile_ = 0;
  if (++outer_tile_ < outer.tiles) return;
  outer_tile_ = 0;
  walk_.next();
  skip_phases_without_results();
}

void TileWalk::skip_phases_without_results() {
  while (!walk_.done() && !walk_.ends_sums()) walk_.next();
}

}  // namespace bitloom::verify
