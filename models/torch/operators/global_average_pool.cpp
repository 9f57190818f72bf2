#include "models/operators/global_average_pool.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::GlobalAveragePool&, NodeRun& node) {
  return node.input().mean({2, 3}, true);
}

}  // namespace bitloom::nn
