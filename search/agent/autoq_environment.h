#pragma once

#include <vector>

#include "search/agent/layer_features.h"
#include "search/policy/filter_space.h"

namespace bitloom::search {

/// Of each layer the standard deviation of each filter's weights; a layer's entry may be empty.
using FilterDeviations = std::vector<std::vector<double>>;

/// What AutoQ's two agents see, and what their actions mean (Lou et al. 2020, arXiv:1902.05690,
/// section 3). The high level takes two steps a unit of the space: its activation bits, then the
/// mean of its weight bits, the goal. The low level takes a step for each filter.
class AutoqEnvironment {
 public:
  /// HAQ's ten numbers (haq_environment.h): where the previous step was a goal, its bits are the
  /// mean that the filters came to.
  static constexpr std::size_t kHighSize = LayerFeatures().size() + 2;
  /// The layer's features, the filter's place, its deviation beside the layer's largest, the goal,
  /// the previous filter's bits (first the goal), and the mean that the filters left would need to
  /// come to the goal. Bits are scaled from the unit's fewest and most to [0, 1].
  static constexpr std::size_t kLowSize = LayerFeatures().size() + 5;

  AutoqEnvironment(const FilterSpace& space, const FilterDeviations& deviations);

  std::vector<float> high_state(std::size_t unit, bool is_weights, double previous_bits) const;

  /// The filters of the unit in the order in which they are given bits, of the largest deviation
  /// first.
  const std::vector<std::size_t>& order(std::size_t unit) const { return orders_[unit]; }
  /// Before filter number `place` of that order, where the filters before it have `sum` bits and
  /// the last of them `previous`.
  std::vector<float> low_state(std::size_t unit, double goal, std::size_t place, int previous,
                               double sum) const;
  /// Those before each filter, where the filters have `bits` in that order.
  std::vector<std::vector<float>> low_states(std::size_t unit, double goal,
                                             const std::vector<int>& bits) const;

  /// The mean of weight bits that an action in [0, 1] stands for, and the action that a mean does.
  double goal_bits(std::size_t unit, double action) const;
  double goal_action(std::size_t unit, double bits) const;
  /// The bits of weights that an action of the low level means.
  int filter_bits(std::size_t unit, float action) const;

 private:
  const FilterSpace& space_;
  std::vector<LayerFeatures> features_;
  std::vector<std::vector<std::size_t>> orders_;  // of each unit
  std::vector<std::vector<double>> deviations_;   // of each unit in that order, of the largest
  int most_bits_ = 1;
};

}  // namespace bitloom::search
