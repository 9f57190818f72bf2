#include "models/operators/linear.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Linear& op, NodeRun& node) {
  const LayerOperands operands = node.layer(op.bias);
  return torch::linear(operands.input, operands.weight, operands.bias);
}

}  // namespace bitloom::nn
