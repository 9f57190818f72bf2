#pragma once

#include <optional>

#include "models/integer/levels.h"
#include "rtl/verify/workload.h"

namespace bitloom::verify {

/// A workload whose values are the level codes of these planes, as bit-planes with codes
/// (docs/reference/timing-knobs.md, "Coefficients"). An operand without coefficients keeps its
/// values, and its planes weigh powers of two.
///
/// Signs of weights are bipolar planes. Activations have none: signs c_k (2 b_k - 1) take planes
/// of the codes 2 c_k, and one more with the sum of c_k, which counts negative and is 0 in padding
/// alone. A UserError where more than one coefficient of 0 and 1 counts negative, which the
/// hardware's top plane alone does.
Workload with_planes(Workload levels, const std::optional<integer::PlaneCoefficients>& weights,
                     const std::optional<integer::PlaneCoefficients>& activations);

/// The greatest sum of an operand's codes, of the filter where it is greatest.
std::uint32_t greatest_code_sum(const PlaneCodes& codes, const graph::Precision& bits);

}  // namespace bitloom::verify
