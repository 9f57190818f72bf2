#pragma once

#include <cstdint>

namespace bitloom::integer {

/// A channel of integers: real value = scale * integer, |integer| <= bound.
struct WideChannel {
  double scale;
  std::int64_t bound;
};

/// out = multiplier * in + offset, and what `out` stands for.
struct AffineChannel {
  std::int32_t multiplier;  // 2^k, -2^k or 0
  std::int32_t offset;
  WideChannel out;
};

/// y = gain * x + shift on integers. The sign of the gain goes into the multiplier and its
/// magnitude into the scale, so that the product is exact; what is rounded is the shift, to the
/// output's unit. Where integers are small they are multiplied by 2^k, to a bound of at most 2^23,
/// for the sake of that unit. A channel whose offset would exceed 2^30, as with a gain of 0,
/// becomes the constant
/// +-2^20 (0 without a shift): what it leaves out is less than |shift| * in.bound * 2^-30.
AffineChannel affine_channel(WideChannel in, double gain, double shift);

}  // namespace bitloom::integer
