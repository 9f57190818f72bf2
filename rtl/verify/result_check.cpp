#include "rtl/verify/result_check.h"

#include <algorithm>

namespace bitloom::verify {
namespace {

/// Ors `count` bits of `from` into `to` at bit `begin`.
void put_bits(const std::uint32_t* from, std::int64_t count, std::int64_t begin,
              std::vector<std::uint32_t>& to) {
  for (std::int64_t bit = 0; bit < count; bit += 32) {
    std::uint64_t value = from[bit / 32];
    if (count - bit < 32) value &= (1ULL << (count - bit)) - 1;
    const std::int64_t at = begin + bit;
    value <<= at % 32;
    const auto word = static_cast<std::size_t>(at / 32);
    if (word < to.size()) to[word] |= static_cast<std::uint32_t>(value);
    if (word + 1 < to.size()) to[word + 1] |= static_cast<std::uint32_t>(value >> 32);
  }
}

}  // namespace

ResultCheck::ResultCheck(const Workload& workload, const mapping::Schedule& schedule,
                         const CoreParameters& core, const std::vector<std::int64_t>& reference)
    : workload_(&workload),
      schedule_(&schedule),
      core_(&core),
      reference_(&reference),
      walk_(schedule),
      beats_per_tile_(ceil_div(core.tile_bits(), core.result_port_bits)),
      tile_(static_cast<std::size_t>(ceil_div(core.tile_bits(), 32) + 2)) {
  skip_phases_without_results();
}

void ResultCheck::take(const std::uint32_t* beat, std::int64_t cycle, std::int64_t waveform_time,
                       LayerRun& run) {
  put_bits(beat, std::min(core_->result_port_bits, core_->tile_bits()),
           beats_ * core_->result_port_bits, tile_);
  if (++beats_ < beats_per_tile_) return;
  check_tile(cycle, waveform_time, run);
  beats_ = 0;
  std::fill(tile_.begin(), tile_.end(), 0);
  next_tile();
}

void ResultCheck::check_tile(std::int64_t cycle, std::int64_t waveform_time, LayerRun& run) {
  const mapping::Mapping& m = schedule_->mapping;
  const bool activations_outer = schedule_->outer == mapping::OuterOperand::kActivations;
  const std::int64_t activation_tile =
      m.activations.block(walk_.index().activation_block).first_tile +
      (activations_outer ? outer_tile_ : inner_tile_);
  const std::int64_t weight_tile = m.weights.block(walk_.index().weight_block).first_tile +
                                   (activations_outer ? inner_tile_ : outer_tile_);
  const std::int64_t pixels = std::min(core_->dm, m.activations.rows - activation_tile * core_->dm);
  const std::int64_t channels = std::min(core_->dn, m.weights.rows - weight_tile * core_->dn);
  for (std::int64_t r = 0; r < pixels; ++r)
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t pixel = activation_tile * core_->dm + r;
      const std::int64_t channel = weight_tile * core_->dn + c;
      const std::int64_t got = lane(r * core_->dn + c);
      const std::int64_t expected = (*reference_)[static_cast<std::size_t>(
          output_index(*workload_, walk_.index().gemm, pixel, channel))];
      ++run.values;
      if (got == expected) continue;
      ++run.wrong_values;
      if (!run.first_wrong)
        run.first_wrong = {walk_.index(), activation_tile, weight_tile,  pixel, channel, expected,
                           got,           cycle,           waveform_time};
    }
}

void ResultCheck::next_tile() {
  const mapping::Phase& phase = walk_.phase();
  const bool activations_outer = schedule_->outer == mapping::OuterOperand::kActivations;
  const mapping::PhaseOperand& outer = activations_outer ? phase.activations : phase.weights;
  const mapping::PhaseOperand& inner = activations_outer ? phase.weights : phase.activations;
  if (++inner_tile_ < inner.tiles) return;
  inner_tile_ = 0;
  if (++outer_tile_ < outer.tiles) return;
  outer_tile_ = 0;
  walk_.next();
  skip_phases_without_results();
}

void ResultCheck::skip_phases_without_results() {
  while (!walk_.done() && !walk_.ends_sums()) walk_.next();
}

std::int64_t ResultCheck::lane(std::int64_t index) const {
  const std::int64_t width = core_->accumulator_bits;
  const std::int64_t begin = index * width;
  const auto word = static_cast<std::size_t>(begin / 32);
  const std::int64_t shift = begin % 32;
  std::uint64_t value = (tile_[word] | static_cast<std::uint64_t>(tile_[word + 1]) << 32) >> shift;
  if (shift != 0) value |= static_cast<std::uint64_t>(tile_[word + 2]) << (64 - shift);
  value <<= 64 - width;
  return static_cast<std::int64_t>(value) >> (64 - width);
}

}  // namespace bitloom::verify
