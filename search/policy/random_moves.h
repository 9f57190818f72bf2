#pragma once

#include <random>
#include <vector>

#include "search/policy/policy_space.h"

namespace bitloom::search {

/// Random steps among the policies that keep the limits.
class RandomMoves {
 public:
  RandomMoves(const PolicySpace& space, std::uint64_t seed) : space_(space), random_(seed) {}

  /// Every operand's level drawn evenly, brought to the limits.
  Levels anywhere();
  /// `from` with `changes` operands a level up or down, brought to the limits by others. The same
  /// as `from` only where no policy is near.
  Levels near(const Levels& from, int changes);

  std::size_t below(std::size_t end);  // even in [0, end)
  double real();                       // even in [0, 1)

 private:
  std::vector<std::size_t> shuffled();
  Levels step(const Levels& from, int changes);

  const PolicySpace& space_;
  std::mt19937_64 random_;
};

}  // namespace bitloom::search
