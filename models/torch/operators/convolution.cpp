#include "models/operators/convolution.h"
#include "models/torch/operators/node_run.h"
#include "models/torch/operators/padding.h"

namespace bitloom::nn {

Tensor compute(const graph::Convolution& op, NodeRun& node) {
  return node.layer(op.bias, [&](const LayerOperands& operands) {
    const Padded from = padded(operands.input, padding_of(op.window, operands.input), 0, true);
    return torch::conv2d(from.x, operands.weight, operands.bias, sizes(op.window.stride), from.left,
                         sizes(op.window.dilation), op.groups);
  });
}

}  // namespace bitloom::nn
