#include "sim/kit/aligned_sums.h"

#include <cstddef>
#include <numeric>
#include <vector>

namespace bitloom::sim {
namespace {

/// How many sums leave each remainder.
using Remainders = std::vector<std::int64_t>;

/// With one number of `progression` added to each sum. Its remainders go around a cycle of
/// modulus / gcd(step, modulus): all of them in every whole round, a window of them in the rest.
Remainders plus(const Remainders& sums, const Progression& progression) {
  const auto modulus = static_cast<std::int64_t>(sums.size());
  const std::int64_t step = progression.step % modulus;
  const std::int64_t cycles = std::gcd(step, modulus);
  const std::int64_t length = modulus / cycles;
  const std::int64_t rounds = progression.count / length, rest = progression.count % length;
  const auto at = [&](std::int64_t start, std::int64_t steps) {
    return static_cast<std::size_t>((start + (steps + length) % length * step) % modulus);
  };
  Remainders result(sums.size());
  for (std::int64_t start = 0; start < cycles; ++start) {
    std::int64_t whole = 0, window = 0;
    for (std::int64_t i = 0; i < length; ++i) whole += sums[at(start, i)];
    for (std::int64_t i = 1; i <= rest; ++i) window += sums[at(start, -i)];
    for (std::int64_t i = 0; i < length; ++i) {
      if (rest > 0) window += sums[at(start, i)] - sums[at(start, i - rest)];
      result[at(start, i)] = rounds * whole + window;
    }
  }
  return result;
}

}  // namespace

std::int64_t aligned_sums(std::int64_t modulus, std::int64_t offset,
                          std::initializer_list<Progression> progressions) {
  Remainders sums(static_cast<std::size_t>(modulus));
  sums[static_cast<std::size_t>(offset % modulus)] = 1;
  for (const Progression& each : progressions) sums = plus(sums, each);
  return sums.front();
}

}  // namespace bitloom::sim
