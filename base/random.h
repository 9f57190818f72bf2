#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

/// Draws from std::mt19937_64 that are the same with every standard library. The standard fixes the
/// engine's numbers, but not what its distributions and std::shuffle make of them. These functions
/// give what libstdc++ 12 gives, number by number, since stored figures rest on that.
namespace bitloom {

/// A whole number in [0, bound), all equally likely; `bound` is 1 or more. The high word of a 64 by
/// 64 bit product; a number whose low word would favour some results is drawn again (Lemire: Fast
/// random integer generation in an interval, TOMACS 2019).
std::uint64_t draw_below(std::mt19937_64& random, std::uint64_t bound);

/// A whole number in [least, most], all equally likely.
std::int64_t draw_between(std::mt19937_64& random, std::int64_t least, std::int64_t most);

/// A number in [0, 1): 64 random bits, rounded, over 2^64. What rounds to 1 is the number below 1.
double draw_unit(std::mt19937_64& random);
float draw_unit_float(std::mt19937_64& random);

/// A number in [low, high]: draw_unit_float scaled, in single precision.
float draw_float(std::mt19937_64& random, float low, float high);

/// A normally distributed number, by Marsaglia's polar method; the second of each pair of numbers
/// that it makes is not used. Rests on the C library's logarithm, whose last bit may differ.
double draw_normal(std::mt19937_64& random, double mean, double deviation);

/// Puts fewer than 2^32 items into an order drawn evenly from all: each item from the second on
/// changes places with one of those up to itself (Fisher and Yates). One draw serves two items.
template <class Item>
void shuffle(std::vector<Item>& items, std::mt19937_64& random) {
  const std::size_t count = items.size();
  std::size_t next = 1;
  if (count > 0 && count % 2 == 0) {
    std::swap(items[next], items[draw_below(random, 2)]);
    ++next;
  }
  for (; next < count; next += 2) {
    const std::uint64_t drawn = draw_below(random, (next + 1) * (next + 2));
    std::swap(items[next], items[drawn / (next + 2)]);
    std::swap(items[next + 1], items[drawn % (next + 2)]);
  }
}

}  // namespace bitloom
