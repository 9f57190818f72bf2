#include "models/torch/operators/operators.h"

#include <algorithm>

#include "models/onnx/call.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/linear.h"
#include "models/operators/matmul.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/softmax.h"
#include "models/operators/upsample.h"

namespace bitloom::nn {

// Each in the file of its name.
Tensor compute(const graph::Activation& op, NodeRun& node);
Tensor compute(const graph::Add& op, NodeRun& node);
Tensor compute(const graph::BatchNorm& op, NodeRun& node);
Tensor compute(const graph::Concat& op, NodeRun& node);
Tensor compute(const graph::Convolution& op, NodeRun& node);
Tensor compute(const graph::Flatten& op, NodeRun& node);
Tensor compute(const graph::GlobalAveragePool& op, NodeRun& node);
Tensor compute(const graph::Linear& op, NodeRun& node);
Tensor compute(const graph::MatMul& op, NodeRun& node);
Tensor compute(const graph::PaddedSubsample& op, NodeRun& node);
Tensor compute(const graph::Pool& op, NodeRun& node);
Tensor compute(const graph::Softmax& op, NodeRun& node);
Tensor compute(const graph::Upsample& op, NodeRun& node);
// Both in onnx_call.cpp.
Tensor compute(const bitloom::onnx::Call& op, NodeRun& node);
Tensor compute(const bitloom::onnx::ProductCall& op, NodeRun& node);

namespace {

struct OperatorRow {
  const graph::OperatorKind* kind;
  Computation compute;
};

template <class Op>
constexpr OperatorRow row() {
  return {&graph::kKind<Op>,
          [](const graph::Operator& op, NodeRun& node) { return compute(op.as<Op>(), node); }};
}

constexpr OperatorRow kOperators[] = {
    row<graph::Activation>(),
    row<graph::Add>(),
    row<graph::BatchNorm>(),
    row<graph::Concat>(),
    row<graph::Convolution>(),
    row<graph::Flatten>(),
    row<graph::GlobalAveragePool>(),
    row<graph::Linear>(),
    row<graph::MatMul>(),
    row<graph::PaddedSubsample>(),
    row<graph::Pool>(),
    row<graph::Softmax>(),
    row<graph::Upsample>(),
    row<bitloom::onnx::Call>(),
    row<bitloom::onnx::ProductCall>(),
};

}  // namespace

Computation computation_of(const graph::OperatorKind& kind) {
  const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                   [&](const OperatorRow& row) { return row.kind == &kind; });
  return found == std::end(kOperators) ? nullptr : found->compute;
}

}  // namespace bitloom::nn
