#include "models/operators/convolution.h"
#include "models/torch/operators/node_run.h"
#include "models/torch/operators/padding.h"

namespace bitloom::nn {

Tensor compute(const graph::Convolution& op, NodeRun& node) {
  return node.layer(op.bias, [&](const LayerOperands& operands) {
    const Tensor x = as_image(operands.input);
    const Padded from = padded(x, padding_of(op.window, x), 0, true);
    const Tensor y = torch::conv2d(from.x, operands.weight, operands.bias, sizes(op.window.stride),
                                   from.left, sizes(op.window.dilation), op.groups);
    return operands.input.dim() == 3 ? y.squeeze(2) : y;
  });
}

}  // namespace bitloom::nn
