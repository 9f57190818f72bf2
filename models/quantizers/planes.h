#pragma once

#include "models/quantizers/quantizer.h"

/// The arithmetic of levels that are sums of planes: x = sum_k v_k b_k with a basis v for each row
/// of values [rows][n], as rows_of() makes them.
///
/// A *pattern* holds the bits of one value, plane k in bit k; patterns are [rows][n], int64. A
/// basis is [rows][planes], double.
namespace bitloom::nn {

/// The planes of codes: coefficients are powers of two times the scale, the highest of two's
/// complement negative.
Planes planes_of(const Codes& codes);
/// The planes of `patterns`, which have the shape of values.
Planes planes_of(const Tensor& basis, const Tensor& patterns, PlaneBits kind);
/// The codes of a single plane, times its coefficient: bipolar ones of signs, else unsigned ones of
/// one bit. Nothing for more planes.
std::optional<Codes> codes_of(const Planes& planes);
/// What planes stand for: sum_k coefficient_k * bit_k, double, in the values' shape.
Tensor values_of(const Planes& planes);

/// The level of each pattern, from 0 to 2^planes - 1, in single precision: [rows][2^planes].
Tensor levels_of(const Tensor& basis, PlaneBits kind);
/// The patterns of the levels that are nearest to `rows`, and of two the lower one: thresholds are
/// the midpoints of sorted levels (LQ-Nets, eq. 2 and 5).
Tensor nearest_patterns(const Tensor& rows, const Tensor& basis, PlaneBits kind);
/// The level of each of `patterns`, in single precision, in their shape.
Tensor levels_of_patterns(const Tensor& basis, const Tensor& patterns, PlaneBits kind);

/// The basis of least squared error for `patterns` of `rows`:
///   (B B^T + d I)^-1 (B x + d v), d = 1e-4
/// (LQ-Nets, eq. 8), where `basis` v decides about what the patterns leave open.
Tensor fitted_basis(const Tensor& rows, const Tensor& patterns, const Tensor& basis,
                    PlaneBits kind);

/// A basis and the patterns of values on it.
struct PlaneFit {
  Tensor basis, patterns;
};
/// From `basis` on, nearest patterns and fitted bases by turns, until no value changes its pattern
/// or the rounds are over: QEM (LQ-Nets, sec. 3.3). No round raises the squared error.
PlaneFit alternated(const Tensor& rows, const Tensor& basis, PlaneBits kind, int most_rounds);

}  // namespace bitloom::nn
