#include "models/operators/matmul.h"

#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::MatMul& op, NodeRun& node) {
  const ProductOperands operands = node.product();
  return torch::matmul(operands.first,
                       op.transpose_second ? operands.second.transpose(-1, -2) : operands.second);
}

}  // namespace bitloom::nn
