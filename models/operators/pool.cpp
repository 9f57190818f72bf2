#include "models/operators/pool.h"

#include "base/error.h"
#include "models/integer/average_pool.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Pool::name() const { return kind == PoolKind::kMax ? "max pool" : "average pool"; }

Shape Pool::shape(const std::vector<Shape>& inputs) const {
  const Shape& in = inputs[0];
  require_image(in);
  require_valid(window);
  const Extent out = window_output(window, extent_of(in), ceil_mode);
  return {in[0], out.height, out.width};
}

void Pool::lower(integer::Lowering& lowering) const {
  const Extent extent = extent_of(lowering.input().shape);
  const Window inside = resolved(window, extent);
  const integer::Reaches reaches =
      integer::reaches_of(inside, extent, extent_of(lowering.shape()), count_padding);
  if (kind == PoolKind::kAverage) return integer::lower_average(lowering, inside, reaches);
  for (const auto& axis : {reaches.rows, reaches.columns})
    for (const integer::Reach& reach : axis)
      if (reach.begin >= reach.end) throw UserError("a window lies in the padding alone");
  lowering.keep_channels();
  lowering.result(integer::MaxPool{inside});
}

}  // namespace bitloom::graph
