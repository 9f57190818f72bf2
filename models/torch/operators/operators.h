#pragma once

#include "models/graph/operator.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {

/// Computes a node's output.
using Computation = Tensor (*)(const graph::Operator& op, NodeRun& node);

/// How LibTorch computes operators of that kind; null where it does not. An input is not computed.
Computation computation_of(const graph::OperatorKind& kind);

}  // namespace bitloom::nn
