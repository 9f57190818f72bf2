#include "models/integer/accumulator.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/precision.h"

namespace bitloom::integer {

int accumulator_bits_needed(std::int64_t reduction, const CodeType& weights,
                            const CodeType& activations, std::int64_t largest_bias) {
  const long double activation = std::ldexp(1.0L, activations.bits) - 1;
  const auto sum = [&](std::int64_t weight) {
    return static_cast<long double>(reduction) * activation * static_cast<long double>(weight) +
           static_cast<long double>(largest_bias);
  };
  // Two's complement has one more negative value than positive ones; only unsigned activations keep
  // the largest product negative.
  const long double most_negative = sum(weights.magnitude());
  const long double most_positive =
      activations.encoding == Encoding::kUnsigned ? sum(weights.highest()) : most_negative;
  int bits = 1;
  while (std::ldexp(1.0L, bits - 1) < most_negative || std::ldexp(1.0L, bits - 1) <= most_positive)
    ++bits;
  return bits;
}

void require_accumulator(const graph::LayerShape& layer, const CodeType& weights,
                         const CodeType& activations, std::int64_t largest_bias) {
  const int needed = accumulator_bits_needed(layer.reduction(), weights, activations, largest_bias);
  if (needed <= kAccumulatorBits) return;
  throw unsupported(fmt::format(
      "layer '{}' at {}: a sum of {} products{} needs {} accumulator bits, {} are available",
      layer.name, graph::to_text(graph::Precision{weights.bits, activations.bits}),
      layer.reduction(), largest_bias == 0 ? "" : " and its bias", needed, kAccumulatorBits));
}

}  // namespace bitloom::integer
