#include "models/operators/activation.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Activation& op, NodeRun& node) {
  return op.kind == graph::ActivationKind::kRelu ? torch::relu(node.input())
                                                 : torch::hardtanh(node.input(), 0, 6);
}

}  // namespace bitloom::nn
