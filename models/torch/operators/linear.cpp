#include "models/operators/linear.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Linear& op, NodeRun& node) {
  const Tensor rows = node.layer(op.bias, [](const LayerOperands& operands) {
    return torch::linear(operands.input, operands.weight, operands.bias);
  });
  std::vector<std::int64_t> sizes = node.input().sizes().vec();
  sizes.back() = op.out_features;
  return rows.reshape(sizes);
}

}  // namespace bitloom::nn
