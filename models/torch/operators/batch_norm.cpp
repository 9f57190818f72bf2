#include "models/operators/batch_norm.h"
#include "models/torch/network.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::BatchNorm& op, NodeRun& node) {
  return torch::batch_norm(node.input(), node.parameter(".weight"), node.parameter(".bias"),
                           node.parameter(".running_mean"), node.parameter(".running_var"),
                           node.mode() == Mode::kTraining, kNormMomentum, op.epsilon, false);
}

}  // namespace bitloom::nn
