#include "models/operators/concat.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Concat&, NodeRun& node) {
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < node.inputs(); ++i) parts.push_back(node.input(i));
  return torch::cat(parts, 1);
}

}  // namespace bitloom::nn
