#include "models/operators/concat.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Concat::name() const { return "concat"; }

Shape Concat::shape(const std::vector<Shape>& inputs) const {
  Shape joined{0, 0, 0};
  for (const Shape& shape : inputs) {
    require_image(shape);
    if (extent_of(shape) != extent_of(inputs[0]))
      throw UserError(fmt::format("joins {} to {}", to_text(shape), to_text(inputs[0])));
    joined = {joined[0] + shape[0], shape[1], shape[2]};
  }
  return joined;
}

void Concat::lower(integer::Lowering& lowering) const {
  for (std::size_t i = 0; i < lowering.inputs(); ++i) {
    const integer::Step& in = lowering.input(i);
    for (std::size_t c = 0; c < in.scales.size(); ++c)
      lowering.add_channels(1, in.scales[c], in.bounds[c]);
  }
  lowering.result(integer::Concat{});
}

}  // namespace bitloom::graph
