#include "rtl/verify/beat_stream.h"

#include <algorithm>

#include "rtl/verify/plane_codes.h"

namespace bitloom::verify {

BeatStream::BeatStream(Operand operand, const mapping::Schedule& schedule,
                       const CoreParameters& core, OperandStore& store)
    : operand_(operand),
      schedule_(&schedule),
      store_(&store),
      dk_(core.dk),
      port_bits_(operand == Operand::kActivations ? core.activation_port_bits
                                                  : core.weight_port_bits),
      walk_(schedule),
      words_(static_cast<std::size_t>(std::max<std::int64_t>(2, ceil_div(port_bits_, 32)))) {
  enter_phase();
}

std::uint32_t BeatStream::code() const {
  const Workload& w = store_->workload();
  const std::int64_t column = first_row_ + tile_ * shape_.rows_per_tile + row_;
  const std::int64_t channel =
      output_place(w.layer, output_index(w, walk_.index().gemm, 0, column)).channel;
  return weight_plane_code(w, channel, bit_);
}

void BeatStream::next() {
  const bool last_word = word_ + 1 == walk_.phase().words;
  const bool last_tile = tile_ + 1 == shape_.tiles;
  if (++beat_ == (last_word ? shape_.beats_of_last_word : shape_.beats_per_word)) {
    beat_ = 0;
    if (++row_ == (last_tile ? shape_.rows_in_last_tile : shape_.rows_per_tile)) {
      row_ = 0;
      if (++bit_ == shape_.bits) {
        bit_ = 0;
        if (++word_ == walk_.phase().words) {
          word_ = 0;
          if (++tile_ == shape_.tiles) {
            walk_.next();
            enter_phase();
            return;
          }
        }
      }
    }
  }
  fill();
}

void BeatStream::enter_phase() {
  if (walk_.done()) return;
  const bool activations = operand_ == Operand::kActivations;
  const mapping::Mapping& m = schedule_->mapping;
  const mapping::OperandBlocks& blocks = activations ? m.activations : m.weights;
  const std::int64_t block =
      activations ? walk_.index().activation_block : walk_.index().weight_block;
  operands_ = store_->get(walk_.index().gemm);
  shape_ = activations ? walk_.phase().activations : walk_.phase().weights;
  first_row_ = blocks.block(block).first_tile * blocks.rows_per_tile;
  tile_ = word_ = bit_ = row_ = beat_ = 0;
  fill();
}

void BeatStream::fill() {
  const BitPlanes& planes =
      operand_ == Operand::kActivations ? operands_->activations : operands_->weights;
  planes.copy(first_row_ + tile_ * shape_.rows_per_tile + row_, bit_,
              (walk_.first_word() + word_) * dk_ + beat_ * port_bits_, port_bits_, words_.data());
}

}  // namespace bitloom::verify
