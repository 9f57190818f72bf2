#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pipelines/host.h"
#include "pipelines/learn/search_episodes.h"
#include "search/policy/goal.h"
#include "search/policy/policy_space.h"

namespace bitloom::pipelines {

struct UniformPolicy {
  graph::Precision bits;
  graph::Policy policy;
};

/// Every layer that may choose at the same bits: of the pairs that keep the limits, and would not
/// with more bits, the one of the greatest reward; of equal rewards the one of less loss. Nothing
/// where none keeps them. `step` names it where progress is told.
std::optional<UniformPolicy> best_uniform(const search::PolicySpace& space,
                                          const std::vector<int>& weight_bits,
                                          const std::vector<int>& activation_bits,
                                          const search::Goal& goal, const MeasurePolicy& measure,
                                          std::string_view step, const Host& host);

}  // namespace bitloom::pipelines
