#include "pipelines/learn/uniform_policy.h"

#include <algorithm>

namespace bitloom::pipelines {
namespace {

using Role = search::Operand::Role;

/// Nothing where an operand cannot have those bits.
std::optional<search::Levels> uniform_levels(const search::PolicySpace& space,
                                             graph::Precision precision) {
  search::Levels levels;
  for (const search::Operand& operand : space.operands()) {
    const int bits =
        operand.role == Role::kWeights ? precision.weight_bits : precision.activation_bits;
    const auto at = std::find(operand.bits.begin(), operand.bits.end(), bits);
    if (at == operand.bits.end()) return std::nullopt;
    levels.push_back(static_cast<int>(at - operand.bits.begin()));
  }
  return levels;
}

/// Whether all weights or all inputs together could have more bits.
bool fits_with_more(const search::PolicySpace& space, const search::Levels& levels) {
  const auto fits = [&](Role role) {
    search::Levels more = levels;
    for (std::size_t i = 0; i < more.size(); ++i) {
      const search::Operand& operand = space.operands()[i];
      if (operand.role == role && ++more[i] == std::ssize(operand.bits)) return false;
    }
    return more != levels && space.keeps_limits(more);
  };
  return fits(Role::kWeights) || fits(Role::kActivations);
}

}  // namespace

std::optional<UniformPolicy> best_uniform(const search::PolicySpace& space,
                                          const std::vector<int>& weight_bits,
                                          const std::vector<int>& activation_bits,
                                          const search::Goal& goal, const MeasurePolicy& measure,
                                          std::string_view step_name, const Host& host) {
  std::optional<UniformPolicy> best;
  std::pair<double, double> best_worth;
  Step step(host, step_name);
  std::int64_t done = 0;
  for (const int w : weight_bits)
    for (const int a : activation_bits) {
      step.update(static_cast<double>(done++),
                  std::ssize(weight_bits) * std::ssize(activation_bits));
      const std::optional<search::Levels> levels = uniform_levels(space, {w, a});
      if (!levels || !space.keeps_limits(*levels)) continue;
      if (!goal.least_cost && fits_with_more(space, *levels)) continue;
      const graph::Policy policy = space.policy(*levels);
      const nn::Accuracy accuracy = measure({policy});
      if (!goal.allows(accuracy.top1_pct.value)) continue;
      const std::pair worth(goal.reward(accuracy.top1_pct.value, space.costs(*levels)),
                            -accuracy.loss.value);
      if (best && worth <= best_worth) continue;
      best_worth = worth;
      best = UniformPolicy{{w, a}, policy};
    }
  return best;
}

}  // namespace bitloom::pipelines
