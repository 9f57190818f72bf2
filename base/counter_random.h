#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/split_mix.h"

namespace bitloom {

/// Random numbers that are a function of a key and of how many were drawn: the same on every
/// machine, and any stream can be entered without those before it. SplitMix64 over the hashed key.
class CounterRandom {
 public:
  /// A stream for each key, such as {seed, epoch, index}.
  explicit CounterRandom(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t part : key) state_ = split_mix(state_ + kSplitMixStep) ^ part;
    state_ = split_mix(state_ + kSplitMixStep);
  }

  std::uint64_t next() { return split_mix(state_ += kSplitMixStep); }

  /// One of [0, bound), bound in [1, 2^32): the high word of a 32 x 32 bit product; no value is
  /// preferred by more than bound / 2^32.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }

  /// A multiple of 2^-24 in [0, 1).
  float unit() { return static_cast<float>(next() >> 40) * 0x1p-24f; }
  float between(float low, float high) { return low + (high - low) * unit(); }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace bitloom
