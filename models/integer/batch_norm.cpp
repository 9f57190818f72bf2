#include "models/integer/batch_norm.h"

#include <cmath>
#include <limits>

namespace bitloom::integer {
namespace {

constexpr double kLargestOffset = 0x1p30;
constexpr double kConstant = 0x1p20;
constexpr double kFineBound = 0x1p23;
constexpr double kLeastScale = std::numeric_limits<double>::min();

AffineChannel constant(double shift, double harmless_scale) {
  const double scale = std::fabs(shift) / kConstant;
  if (scale < kLeastScale) return {0, 0, {harmless_scale, 0}};
  const auto value = static_cast<std::int32_t>(std::copysign(kConstant, shift));
  return {0, value, {scale, static_cast<std::int64_t>(kConstant)}};
}

}  // namespace

AffineChannel affine_channel(WideChannel in, double gain, double shift) {
  const double unit = in.scale * std::fabs(gain);
  if (in.bound == 0 || unit < kLeastScale || std::fabs(shift) > kLargestOffset * unit)
    return constant(shift, in.scale);
  const double reach = static_cast<double>(in.bound) + std::fabs(shift) / unit;
  int exponent = 0;
  while (reach * std::ldexp(2.0, exponent) <= kFineBound &&
         std::ldexp(unit, -exponent - 1) >= kLeastScale)
    ++exponent;
  const double scale = std::ldexp(unit, -exponent);
  const auto offset = static_cast<std::int64_t>(std::floor(shift / scale + 0.5));
  const std::int32_t power = std::int32_t{1} << exponent;
  return {gain < 0 ? -power : power,
          static_cast<std::int32_t>(offset),
          {scale, (in.bound << exponent) + std::abs(offset)}};
}

}  // namespace bitloom::integer
