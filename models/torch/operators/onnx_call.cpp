// Nodes of ONNX that are none of models/operators: one image after the other, as their meaning may
// depend on the batch.
#include <fmt/format.h>

#include "base/error.h"
#include "models/onnx/call.h"
#include "models/torch/onnx/constants.h"
#include "models/torch/onnx/table.h"
#include "models/torch/operators/node_run.h"

namespace bitloom::nn {
namespace {

namespace ops = nn::onnx;
using bitloom::onnx::Operand;

/// `x` in whole numbers where the node reads such: what a network is given comes as floats.
Tensor of_type(const Tensor& x, bitloom::onnx::ElementType type) {
  using bitloom::onnx::ElementType;
  if (type == ElementType::kUndefined || !x.is_floating_point()) return x;
  const at::ScalarType holder = ops::holder_of(type);
  if (at::isFloatingType(holder)) return x;
  const Tensor odd = x.masked_select(x != x.round());
  if (odd.numel() > 0)
    throw UserError(fmt::format("reads {}, and takes whole numbers", odd[0].item<double>()));
  return x.to(holder);
}

/// The node's inputs for one image. `values` has all images of the inputs in the graph.
std::vector<Tensor> inputs_of(const std::vector<Operand>& operands,
                              const std::vector<Tensor>& values, std::int64_t image) {
  std::vector<Tensor> inputs;
  auto next = values.begin();
  for (const Operand& operand : operands) {
    if (operand.constant) {
      inputs.push_back(ops::value_of(*operand.constant));
    } else if (operand.is_input) {
      if (!operand.dims) throw unsupported("the shape of its input is known only while it runs");
      inputs.push_back(of_type((*next++)[image].reshape(*operand.dims), operand.type));
    } else {
      inputs.emplace_back();
    }
  }
  return inputs;
}

const ops::Operator& row_of(const bitloom::onnx::Node& node) {
  const ops::Operator* row = ops::operator_of(node.domain, node.op);
  if (!row)
    throw unsupported(fmt::format("{} '{}': LibTorch has no rule for it", node.op, node.name));
  return *row;
}

Tensor image_of(const bitloom::onnx::Call& op, const std::vector<Tensor>& values,
                std::int64_t image) {
  const ops::Operator& row = row_of(op.node);
  std::vector<bitloom::onnx::ElementType> types;
  for (const Operand& operand : op.operands) types.push_back(operand.type);
  try {
    const Tensor result =
        ops::evaluate(row, {op.node, inputs_of(op.operands, values, image), types}).at(op.output);
    return result.reshape(bitloom::onnx::graph_shape(result.sizes().vec()));
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{} '{}': {}", op.node.op, op.node.name, error.what()));
  }
}

}  // namespace

namespace {

std::vector<Tensor> inputs_of(const NodeRun& node) {
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < node.inputs(); ++i) values.push_back(node.input(i));
  return values;
}

/// Of all images, with these values of its inputs.
Tensor computed(const bitloom::onnx::Call& op, const std::vector<Tensor>& values) {
  std::vector<Tensor> images;
  for (std::int64_t n = 0; n < values.at(0).size(0); ++n) images.push_back(image_of(op, values, n));
  return torch::stack(images);
}

}  // namespace

Tensor compute(const bitloom::onnx::Call& op, NodeRun& node) {
  return computed(op, inputs_of(node));
}

namespace {

/// What the node's hooks make of an attention's operands: its scores are the layer before its
/// context.
class HookedOperands : public ops::InnerOperands {
 public:
  explicit HookedOperands(NodeRun& node) : node_(node) {}
  Tensor first(Product product, const Tensor& x) const override {
    return node_.inner_operand(before(product), false, x);
  }
  Tensor second(Product product, const Tensor& x) const override {
    return node_.inner_operand(before(product), true, x);
  }

 private:
  static std::size_t before(Product product) { return product == Product::kScores ? 1 : 0; }
  NodeRun& node_;
};

/// An attention of all images at once, which stand where the node has one.
Tensor attended(const bitloom::onnx::ProductCall& product, const std::vector<Tensor>& values,
                NodeRun& node) {
  const bitloom::onnx::Call& op = product.call;
  const std::int64_t images = values.front().size(0);
  std::vector<Tensor> inputs;
  std::vector<bitloom::onnx::ElementType> types;
  auto next = values.begin();
  for (const Operand& operand : op.operands) {
    types.push_back(operand.type);
    inputs.push_back(operand.constant ? ops::value_of(*operand.constant) : Tensor());
    if (operand.constant && product.has_images(inputs.size() - 1)) {
      std::vector<std::int64_t> sizes = inputs.back().sizes().vec();
      sizes[0] = images;
      inputs.back() = inputs.back().expand(sizes);
    }
    if (!operand.is_input) continue;
    std::vector<std::int64_t> sizes = operand.dims.value();
    sizes[0] = images;
    inputs.back() = of_type((*next++).reshape(sizes), operand.type);
  }
  const HookedOperands operands(node);
  try {
    const Tensor y =
        ops::evaluate(row_of(op.node), {op.node, inputs, types, &operands}).at(op.output);
    return y.dim() > 1 ? y : y.unsqueeze(1);
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{} '{}': {}", op.node.op, op.node.name, error.what()));
  }
}

}  // namespace

Tensor compute(const bitloom::onnx::ProductCall& op, NodeRun& node) {
  if (!op.computes) return torch::zeros({node.input().size(0), 1});
  std::vector<Tensor> values = inputs_of(node);
  const bool can_be_quantized = !op.product.has_weights() && op.why_no_operands().empty();
  if (!can_be_quantized) return computed(op.call, values);
  if (op.is_attention()) return attended(op, values, node);
  const ProductOperands operands = node.product();
  values[0] = operands.first;
  values[1] = operands.second;
  return computed(op.call, values);
}

}  // namespace bitloom::nn
