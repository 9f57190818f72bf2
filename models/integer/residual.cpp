#include "models/integer/residual.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::integer {

ResidualFactors residual_factors(ScaledInput left, ScaledInput right, double out_scale) {
  const auto largest = [](const ScaledInput& input) {
    return input.scale * static_cast<double>(input.magnitude);
  };
  const double common = std::max(largest(left), largest(right)) * 0x1p-29;
  return {dyadic_from(left.scale / common), dyadic_from(right.scale / common),
          dyadic_from(common / out_scale)};
}

std::int32_t add_residual(std::int32_t left, std::int32_t right, const ResidualFactors& factors,
                          CodeRange range) {
  const std::int64_t sum = scaled(left, factors.left) + scaled(right, factors.right);
  ensure(sum >= INT32_MIN && sum <= INT32_MAX, "a residual input exceeds its stated magnitude");
  return requantize(static_cast<std::int32_t>(sum), factors.out, range);
}

std::vector<std::int32_t> add_residual(std::span<const std::int32_t> left,
                                       std::span<const std::int32_t> right,
                                       const ResidualFactors& factors, CodeRange range) {
  ensure(left.size() == right.size(), "residual inputs have one shape");
  std::vector<std::int32_t> codes(left.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = add_residual(left[i], right[i], factors, range);
  return codes;
}

}  // namespace bitloom::integer
