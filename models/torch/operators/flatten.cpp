#include "models/operators/flatten.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Flatten&, NodeRun& node) { return node.input().flatten(1); }

}  // namespace bitloom::nn
