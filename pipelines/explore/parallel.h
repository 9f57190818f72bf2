#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/explore/evaluator.h"

namespace bitloom::pipelines {

/// Evaluates points in as many forked processes; the results are in the order of the points,
/// whatever their number is.
std::vector<Evaluated> evaluate_all(const Evaluator& evaluator,
                                    const std::vector<std::int64_t>& points, int processes);

}  // namespace bitloom::pipelines
