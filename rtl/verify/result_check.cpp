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
      core_(&core),
      reference_(&reference),
      walk_(schedule),
      beats_per_tile_(ceil_div(core.tile_bits(), core.result_port_bits)),
      tile_(static_cast<std::size_t>(ceil_div(core.tile_bits(), 32) + 2)) {}

void ResultCheck::take(const std::uint32_t* beat, std::int64_t cycle, std::int64_t waveform_time,
                       LayerRun& run) {
  put_bits(beat, std::min(core_->result_port_bits, core_->tile_bits()),
           beats_ * core_->result_port_bits, tile_);
  if (++beats_ < beats_per_tile_) return;
  check_tile(cycle, waveform_time, run);
  beats_ = 0;
  std::fill(tile_.begin(), tile_.end(), 0);
  walk_.next();
}

void ResultCheck::check_tile(std::int64_t cycle, std::int64_t waveform_time, LayerRun& run) {
  for (std::int64_t r = 0; r < walk_.pixels(); ++r)
    for (std::int64_t c = 0; c < walk_.channels(); ++c) {
      const std::int64_t pixel = walk_.first_pixel() + r;
      const std::int64_t channel = walk_.first_channel() + c;
      const std::int64_t got = lane(r * core_->dn + c);
      const std::int64_t at = output_index(*workload_, walk_.phase().gemm, pixel, channel);
      const std::int64_t expected = (*reference_)[static_cast<std::size_t>(at)];
      ++run.values;
      if (got == expected) continue;
      ++run.wrong_values;
      if (!run.first_wrong)
        run.first_wrong = {.phase = walk_.phase(),
                           .activation_tile = walk_.activation_tile(),
                           .weight_tile = walk_.weight_tile(),
                           .pixel = pixel,
                           .channel = channel,
                           .output = output_place(workload_->layer, at),
                           .expected = expected,
                           .got = got,
                           .cycle = cycle,
                           .waveform_time = waveform_time};
    }
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
