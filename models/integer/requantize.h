#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "models/integer/codes.h"

namespace bitloom::integer {

/// The real factor mantissa * 2^-shift, with a sign and 31 bits of mantissa (2^30 <= |mantissa| <
/// 2^31, or 0) and shift in [0, 62]: a multiplication and a shift stand for it on integer hardware.
struct Dyadic {
  std::int32_t mantissa = 0;
  int shift = 0;

  double value() const;
  bool operator==(const Dyadic&) const = default;
};

/// The dyadic number nearest to `factor`: within |factor| * 2^-31 of it. Factors below 2^-32 become
/// 0, to which they take every 32-bit integer anyway. A UserError when it is not finite, or 2^31 or
/// more.
Dyadic dyadic_from(double factor);

/// floor(value * factor + 1/2), exactly: half is rounded up, towards plus infinity.
inline std::int64_t scaled(std::int32_t value, Dyadic factor) {
  const std::int64_t product = std::int64_t{value} * factor.mantissa;
  return factor.shift == 0 ? product
                           : (product + (std::int64_t{1} << (factor.shift - 1))) >> factor.shift;
}

/// Codes that a result is clamped to, such as [0, 15] for 4 bits after a ReLU.
struct CodeRange {
  std::int32_t lowest;
  std::int32_t highest;
};

inline CodeRange range_of(const CodeType& type) { return {type.lowest(), type.highest()}; }

/// An integer's code: q = clamp(floor(value * M + 1/2)), M the ratio of its scale to the codes'.
/// Jacob et al. 2018, equations (5) and (6); Yao et al. 2021 (HAWQ-V3), section 3.1.
inline std::int32_t requantize(std::int32_t value, Dyadic factor, CodeRange range) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(scaled(value, factor), range.lowest, range.highest));
}

/// The same for channels x pixels values, with a factor for each channel.
void requantize(std::span<const std::int32_t> values, std::span<const Dyadic> factors,
                CodeRange range, std::span<std::int32_t> codes);

}  // namespace bitloom::integer
