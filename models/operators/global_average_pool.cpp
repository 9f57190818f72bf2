#include "models/operators/global_average_pool.h"

#include "models/integer/average_pool.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string GlobalAveragePool::name() const { return "global average pool"; }

Shape GlobalAveragePool::shape(const std::vector<Shape>& inputs) const {
  require_image(inputs[0]);
  return {inputs[0][0], 1, 1};
}

void GlobalAveragePool::lower(integer::Lowering& lowering) const {
  const Extent extent = extent_of(lowering.input().shape);
  const Window whole{extent, {}, {}, {}};
  integer::lower_average(lowering, whole, integer::reaches_of(whole, extent, {1, 1}, true));
}

}  // namespace bitloom::graph
