#pragma once

#include "models/integer/levels.h"
#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

/// Bits of a coefficient's code, as of hardware with `coefficients: fixed_point`.
constexpr int kCoefficientBits = 8;

/// Planes whose real coefficients are rounded: level = level code * step.
struct LevelCodes {
  integer::PlaneCoefficients coefficients;
  std::vector<double> steps;  // of each of its rows
};

/// Coefficients of `bits` for `planes`: an operand's codes add up to 2^bits - 1 at most. Signs of
/// activations take the codes twice and once more for a plane that tells them from padding, so that
/// a third of that is theirs (docs/reference/integer-arithmetic.md, "Learned levels").
LevelCodes level_codes(const Planes& planes, QuantizerTask::Role role, int bits = kCoefficientBits);

/// The level code of each value, int32, in the values' shape.
Tensor codes_of(const Planes& planes, const integer::PlaneCoefficients& coefficients);

}  // namespace bitloom::nn
