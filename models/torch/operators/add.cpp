#include "models/operators/add.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

Tensor compute(const graph::Add&, NodeRun& node) {
  Tensor sum = node.input(0) + node.input(1);
  for (std::size_t i = 2; i < node.inputs(); ++i) sum = sum + node.input(i);
  return sum;
}

}  // namespace bitloom::nn
