#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/integer/requantize.h"

/// docs/reference/integer-arithmetic.md in floating point: integers are carried by floats below
/// 2^24 and by doubles below 2^53, and every operation on them is exact. None of it is shared with
/// models/integer, so that each checks the other. Values lie one behind the other.
namespace bitloom::nn {

/// clamp(floor(x / scale + 1/2), lowest, highest) of real numbers.
void quantize_image(const float* x, std::size_t n, double scale, integer::CodeRange range,
                    float* codes);

/// clamp(scaled(x, factor), lowest, highest) of integers |x| < 2^31.
template <class Value>
void requantize(const Value* x, std::size_t n, integer::Dyadic factor, integer::CodeRange range,
                float* codes);

/// levels[m] for the number m of `thresholds` (ascending, one fewer than levels) that x is above.
template <class Value>
void to_levels(const Value* x, std::size_t n, std::span<const std::int32_t> thresholds,
               std::span<const std::int32_t> levels, float* codes);

/// sum + scaled(x, factor) of integers |x| < 2^31.
template <class Value>
void add_scaled(const Value* x, std::size_t n, integer::Dyadic factor, double* sum);

/// multiplier * x + offset.
template <class Value, class Result>
void apply_affine(const Value* x, std::size_t n, std::int32_t multiplier, std::int32_t offset,
                  Result* y);

/// max(0, min(x, highest)).
template <class Value>
void clamp_to(const Value* x, std::size_t n, std::int32_t highest, Value* y);

/// floor((x + 2^(shift-1)) / 2^shift); x at shift 0.
template <class Value>
void shift_down(const Value* x, std::size_t n, int shift, double* y);

}  // namespace bitloom::nn
