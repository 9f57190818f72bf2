#include "models/integer/requantize.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::integer {

double Dyadic::value() const { return std::ldexp(mantissa, -shift); }

Dyadic dyadic_from(double factor) {
  if (!std::isfinite(factor) || std::fabs(factor) >= 0x1p31)
    throw unsupported(fmt::format(
        "factor {} between scales: must be finite and less than 2^31 in magnitude", factor));
  if (std::fabs(factor) < 0x1p-32) return {};
  int exponent = 0;
  const double fraction = std::frexp(factor, &exponent);  // in [1/2, 1)
  std::int64_t mantissa = std::llround(std::ldexp(fraction, 31));
  if (std::llabs(mantissa) == std::int64_t{1} << 31) {  // rounded up to the next power of two
    mantissa /= 2;
    ++exponent;
  }
  if (exponent > 31)
    throw unsupported(
        fmt::format("factor {} between scales: rounds to 2^31, which is too large", factor));
  return {static_cast<std::int32_t>(mantissa), 31 - exponent};
}

void requantize(std::span<const std::int32_t> values, std::span<const Dyadic> factors,
                CodeRange range, std::span<std::int32_t> codes) {
  ensure(!factors.empty() && values.size() % factors.size() == 0 && codes.size() == values.size(),
         "values to requantize are channels x pixels, with a factor for each channel");
  const std::size_t pixels = values.size() / factors.size();
  for (std::size_t channel = 0; channel < factors.size(); ++channel) {
    const Dyadic factor = factors[channel];
    for (std::size_t i = channel * pixels; i < (channel + 1) * pixels; ++i)
      codes[i] = requantize(values[i], factor, range);
  }
}

}  // namespace bitloom::integer
