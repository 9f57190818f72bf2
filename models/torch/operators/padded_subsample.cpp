#include "models/operators/padded_subsample.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::PaddedSubsample& op, NodeRun& node) {
  using torch::indexing::None;
  using torch::indexing::Slice;
  const Slice every(None, None, op.stride);
  const Tensor kept = node.input().index({Slice(), Slice(), every, every});
  return torch::constant_pad_nd(kept, {0, 0, 0, 0, op.channels_before, op.channels_after});
}

}  // namespace bitloom::nn
