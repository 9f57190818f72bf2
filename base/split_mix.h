#pragma once

#include <cstdint>

namespace bitloom {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): a
/// counter that goes on by an odd constant, the golden ratio's digits, and a function that mixes
/// each of its values. The n-th number is a function of seed and n alone.
constexpr std::uint64_t kSplitMixStep = 0x9e3779b97f4a7c15;

/// The mixing function: one to one, and each bit of `x` changes half of the result's.
constexpr std::uint64_t split_mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace bitloom
