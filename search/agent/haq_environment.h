#pragma once

#include <array>
#include <vector>

#include "search/policy/policy_space.h"

namespace bitloom::search {

/// What HAQ's agent sees of a step and what its actions mean (Wang et al. 2019, arXiv:1811.08886,
/// sections 3.1 and 3.2). A step decides an operand of the space: a layer's weights, then its
/// activations.
class HaqEnvironment {
 public:
  static constexpr std::size_t kStateSize = 10;
  /// Depthwise or not, input and output channels, stride, kernel, weights, input pixels, the
  /// layer's index, the previous step's bits / the most bits, weights (1) or activations (0). All
  /// but the last two are scaled to [0, 1] over the network's layers.
  using State = std::array<float, kStateSize>;

  explicit HaqEnvironment(const PolicySpace& space, const std::vector<graph::LayerShape>& layers);

  std::size_t steps() const { return space_.operands().size(); }
  /// The state before `step`, when `levels` holds what the steps before it decided.
  State state(std::size_t step, const Levels& levels) const;
  /// round((max - min + 1) action + min - 0.5), clamped to [min, max]: the level of `action` in
  /// [0, 1].
  int level(std::size_t step, float action) const;
  /// The action in the middle of those that have `level`.
  float action(std::size_t step, int level) const;

 private:
  const PolicySpace& space_;
  std::vector<State> states_;  // by step
  int most_bits_ = 1;
};

}  // namespace bitloom::search
