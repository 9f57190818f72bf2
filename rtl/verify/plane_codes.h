#pragma once

#include <cstdint>

#include "rtl/verify/workload.h"

namespace bitloom::verify {

/// The code of a plane of a filter's weights, and of a plane of the activations: the workload's, or
/// the power of two that a plane without coefficients weighs.
std::uint32_t weight_plane_code(const Workload& workload, std::int64_t channel, std::int64_t plane);
std::uint32_t activation_plane_code(const Workload& workload, std::int64_t plane);

/// Random codes of `bits` for a workload, whose sums over the planes of an operand are at most
/// 2^bits - 1, often just that. `at_limit`: all of a filter in its top plane, and activations whose
/// codes add up to the most: with the least weights and the greatest activations, the greatest
/// sums.
PlaneCodes random_codes(const Workload& workload, std::int64_t bits, bool at_limit,
                        std::uint64_t seed);

/// The workload with its tensors replaced by level codes, sum_k (+-code_k) bit_k of each value
/// (docs/reference/timing-knobs.md, "Coefficients").
Workload level_codes(Workload workload);

}  // namespace bitloom::verify
