#include "models/operators/upsample.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Upsample& op, NodeRun& node) {
  return torch::upsample_nearest2d(node.input(), {op.size.height, op.size.width});
}

}  // namespace bitloom::nn
