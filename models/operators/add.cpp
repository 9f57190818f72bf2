#include "models/operators/add.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/layer_lowering.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Add::name() const { return "add"; }

Shape Add::shape(const std::vector<Shape>& inputs) const {
  for (const Shape& shape : inputs)
    if (shape != inputs[0])
      throw UserError(fmt::format("adds {} to {}", to_text(shape), to_text(inputs[0])));
  return inputs[0];
}

/// All inputs are brought to one scale, on which their sum is at most 2^30.
void Add::lower(integer::Lowering& lowering) const {
  const std::size_t count = lowering.inputs();
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const integer::Step& in = lowering.input(i);
    for (std::size_t c = 0; c < in.scales.size(); ++c)
      largest = std::max(largest, in.scales[c] * static_cast<double>(in.bounds[c]));
  }
  const double each = 0x1p30 / static_cast<double>(std::bit_ceil(count));
  const double scale = largest == 0 ? 1 : largest / each;
  std::vector<std::int64_t> bounds(static_cast<std::size_t>(lowering.shape()[0]));
  integer::Add add;
  for (std::size_t i = 0; i < count; ++i) {
    const integer::Step& in = lowering.input(i);
    add.factors.push_back(integer::factors_onto(in, scale));
    for (std::size_t c = 0; c < bounds.size(); ++c)
      bounds[c] += integer::scaled(static_cast<std::int32_t>(in.bounds[c]), add.factors.back()[c]);
  }
  for (const std::int64_t bound : bounds) lowering.add_channels(1, scale, bound);
  lowering.result(std::move(add));
}

}  // namespace bitloom::graph
