#include "models/torch/onnx/constants.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/onnx/table.h"
#include "models/torch/onnx/tensors.h"

namespace bitloom::nn::onnx {
namespace {

Tensor computed(const bitloom::onnx::Constant& constant) {
  if (constant.tensor) return to_torch(*constant.tensor);
  const Node& node = constant.node;
  const Operator* row = operator_of(node.domain, node.op);
  if (!row)
    throw unsupported(fmt::format("{} '{}': LibTorch has no rule for it", node.op, node.name));
  std::vector<Tensor> inputs;
  std::vector<ElementType> types;
  for (const auto& input : constant.inputs) {
    inputs.push_back(input ? value_of(*input) : Tensor());
    types.push_back(input ? input->type : ElementType::kUndefined);
  }
  try {
    return evaluate(*row, {node, inputs, types}).at(constant.output);
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{} '{}': {}", node.op, node.name, error.what()));
  }
}

}  // namespace

Tensor value_of(const bitloom::onnx::Constant& constant) {
  if (!constant.evaluated) constant.evaluated = std::make_shared<const Tensor>(computed(constant));
  return *std::static_pointer_cast<const Tensor>(constant.evaluated);
}

}  // namespace bitloom::nn::onnx
