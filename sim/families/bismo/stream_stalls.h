#pragma once

#include <cstdint>

#include "base/quantity.h"
#include "base/split_mix.h"

namespace bitloom::mapping {

/// A core's streams.
enum class Stream { kInstructions, kActivations, kWeights, kResults };

/// Stalls of the streams, drawn from the cycle alone, so that the RTL and any engine can be given
/// the same: in a cycle that is not open the stream's side outside the core holds back (valid low,
/// or ready low for results). Cycle 0 is the layer's first.
class StreamStalls {
 public:
  /// Never a stall.
  StreamStalls() = default;
  /// A stream is closed in `per_mille` of its cycles, less than 1000. `instructions` lets the
  /// instruction stream stall too.
  StreamStalls(std::uint64_t seed, std::uint32_t per_mille, bool instructions = false)
      : seed_(seed), per_mille_(per_mille), instructions_(instructions) {}

  bool any() const { return per_mille_ != 0; }
  bool stalls_instructions() const { return any() && instructions_; }

  bool open(Stream stream, std::int64_t cycle) const {
    if (per_mille_ == 0 || (stream == Stream::kInstructions && !instructions_)) return true;
    return mixed(static_cast<std::uint64_t>(cycle) * 4 + static_cast<std::uint64_t>(stream)) %
               1000 >=
           per_mille_;
  }

  /// The cycle after that of the last of `beats` beats that can pass from cycle `from` on.
  Cycles after(Stream stream, Cycles from, Cycles beats) const {
    if (!any()) return from + beats;
    std::int64_t cycle = from.count();
    for (std::int64_t left = beats.count(); left > 0; ++cycle) left -= open(stream, cycle);
    return Cycles(cycle);
  }

 private:
  std::uint64_t mixed(std::uint64_t value) const {
    return split_mix((value + 1) * kSplitMixStep + seed_);
  }

  std::uint64_t seed_ = 0;
  std::uint32_t per_mille_ = 0;
  bool instructions_ = false;
};

}  // namespace bitloom::mapping
