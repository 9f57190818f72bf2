#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/integer/requantize.h"

namespace bitloom::integer {

/// The factors of a residual addition: each input onto one common 32-bit scale, and the sum onto
/// the output's scale.
struct ResidualFactors {
  Dyadic left;
  Dyadic right;
  Dyadic out;
};

/// An input of a residual addition: real value = scale * integer, |integer| <= magnitude.
struct ScaledInput {
  double scale;
  std::int64_t magnitude;
};

/// Factors for inputs that may be codes or accumulators. The common scale takes the larger input to
/// 2^29, so that neither input nor their sum leaves 32 bits, and the two roundings onto it cost
/// less than 2^-29 of that input.
ResidualFactors residual_factors(ScaledInput left, ScaledInput right, double out_scale);

/// q = clamp(round((round(left * A) + round(right * B)) * C)), rounding half up: both inputs on one
/// scale, requantized once. Yao et al. 2021 (HAWQ-V3), section 3.3, with rounded instead of real
/// alignment.
std::int32_t add_residual(std::int32_t left, std::int32_t right, const ResidualFactors& factors,
                          CodeRange range);

/// The same, element by element.
std::vector<std::int32_t> add_residual(std::span<const std::int32_t> left,
                                       std::span<const std::int32_t> right,
                                       const ResidualFactors& factors, CodeRange range);

}  // namespace bitloom::integer
