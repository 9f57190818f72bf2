#include "models/operators/softmax.h"

#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Softmax&, NodeRun& node) { return torch::softmax(node.input(), -1); }

}  // namespace bitloom::nn
