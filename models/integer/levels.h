#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/integer/codes.h"

/// Levels that are sums of bit-planes with coefficients of their own, as whole numbers
/// (docs/reference/integer-arithmetic.md, "Learned levels").
namespace bitloom::integer {

/// What level codes are made of: the level code of a pattern of bits is the sum over planes k of
/// coefficient k times bit k.
struct PlaneCoefficients {
  int planes = 0;                    // 1..16
  bool are_signs = false;            // bits stand for -1 and 1, else for 0 and 1
  std::vector<std::int32_t> values;  // [rows][planes]: a row for each output channel, or one

  std::size_t rows() const { return values.size() / static_cast<std::size_t>(planes); }
  /// The coefficients of a channel, where one row may stand for all.
  std::span<const std::int32_t> of_channel(std::size_t channel) const;
  /// The level code of a channel's pattern, plane k in bit k.
  std::int32_t level(std::size_t channel, std::uint32_t pattern) const;
  bool operator==(const PlaneCoefficients&) const = default;
};

/// The different level codes of a row, ascending.
std::vector<std::int32_t> levels_of(const PlaneCoefficients& coefficients, std::size_t row = 0);

/// The fewest bits that hold the level codes of all rows: two's complement for `is_signed`, and
/// where a level is below 0.
CodeType type_of(const PlaneCoefficients& coefficients, bool is_signed);

/// The coefficients of a type's own planes: powers of two.
PlaneCoefficients coefficients_of(const CodeType& type);

/// Coefficients of bits of 0 and 1 for the same levels and 0, of the pattern 0, which stands for
/// padding: of signs c_k (2 b_k - 1) the coefficients 2 |c_k|, and for one plane more, on top,
/// minus the sum of |c_k|. Those of bits of 0 and 1 stay as they are.
PlaneCoefficients with_padding(const PlaneCoefficients& activations);

/// A pattern of each code of `type` from the lowest on that is a level of the channel, the least
/// one; -1 of other codes.
std::vector<std::int32_t> patterns_of(const PlaneCoefficients& coefficients, std::size_t channel,
                                      const CodeType& type);

/// Real coefficients as whole numbers of steps.
struct FixedPoint {
  std::vector<std::int32_t> codes;
  double step = 1;  // positive, in single precision, as files keep scales
};

/// `coefficients` v rounded to codes round(v / step), whose magnitudes add up to at most `most`.
/// The step is (sum of |v|) / (most - p / 2) for p coefficients, so that each differs from its code
/// by half a step at most. `most`: at least p.
FixedPoint fixed_point(std::span<const double> coefficients, std::int32_t most);

/// Where values become levels: thresholds of `channels` in a row, each for the levels below the
/// highest: floor((l_i + l_(i+1)) / 2 * level_scale / scale), kept to 32 bits. A value above just m
/// of them is at level m: the nearest one, of two the lower.
std::vector<std::int32_t> level_thresholds(std::span<const std::int32_t> levels, double level_scale,
                                           std::span<const double> scales);

/// The level codes of channels x pixels `values`, with (levels - 1) `thresholds` a channel.
void to_levels(std::span<const std::int32_t> values, std::size_t channels,
               std::span<const std::int32_t> thresholds, std::span<const std::int32_t> levels,
               std::span<std::int32_t> codes);

}  // namespace bitloom::integer
