#include "models/operators/flatten.h"

#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Flatten::name() const { return "flatten"; }

Shape Flatten::shape(const std::vector<Shape>& inputs) const { return {size_of(inputs[0])}; }

void Flatten::lower(integer::Lowering& lowering) const {
  const integer::Step& in = lowering.input();
  const std::int64_t pixels = lowering.shape()[0] / in.shape[0];
  for (std::size_t c = 0; c < in.scales.size(); ++c)
    lowering.add_channels(pixels, in.scales[c], in.bounds[c]);
  lowering.result(integer::Flatten{});
}

}  // namespace bitloom::graph
