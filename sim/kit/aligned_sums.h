#pragma once

#include <cstdint>
#include <initializer_list>

namespace bitloom::sim {

/// The numbers 0, step, 2 step, .., (count - 1) step.
struct Progression {
  std::int64_t count;
  std::int64_t step;  // not negative
};

/// How many sums of `offset` and one number of each progression are multiples of `modulus`: how
/// many addresses of a regular traffic begin with a burst. Exact, in a time that grows with modulus
/// and progressions, not with their counts.
std::int64_t aligned_sums(std::int64_t modulus, std::int64_t offset,
                          std::initializer_list<Progression> progressions);

}  // namespace bitloom::sim
