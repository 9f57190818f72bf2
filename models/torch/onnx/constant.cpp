// Tensors made from attributes, sizes and ranges.
#include <cmath>

#include "base/error.h"
#include "models/torch/onnx/rows.h"
#include "models/torch/onnx/tensors.h"

namespace bitloom::nn::onnx {
namespace {

Outputs constant(const Call& call) {
  const Node& node = call.node;
  if (const auto* value = node.attribute("value"); value && value->tensor)
    return {to_torch(*value->tensor)};
  if (const auto* value = node.attribute("value_float")) return {at::tensor(value->real)};
  if (const auto* value = node.attribute("value_int"))
    return {at::scalar_tensor(value->integer, at::kLong)};
  if (const auto* value = node.attribute("value_floats")) return {at::tensor(value->reals)};
  if (const auto* value = node.attribute("value_ints"))
    return {at::tensor(value->integers, at::kLong)};
  throw unsupported("a constant that is no dense tensor of numbers");
}

Outputs constant_of_shape(const Call& call) {
  const auto* value = call.node.attribute("value");
  const Tensor element = value && value->tensor ? to_torch(*value->tensor) : at::zeros({1});
  if (element.numel() != 1) throw UserError("the value has more than one element");
  return {element.reshape({}).expand(integers_in(call[0])).contiguous()};
}

Outputs range(const Call& call) {
  const Tensor& start = call[0];
  const at::ScalarType type = start.scalar_type();
  const double step = call[2].item<double>();
  if (step == 0) throw UserError("the step of a range is 0");
  const double count = std::ceil((call[1].item<double>() - start.item<double>()) / step);
  const Tensor places = at::arange(std::max(count, 0.0), at::kDouble).to(type);
  return {start.reshape({}) + places * call[2].reshape({})};
}

Outputs eye_like(const Call& call) {
  const Tensor& like = call[0];
  const auto type = call.node.has("dtype")
                        ? holder_of(static_cast<ElementType>(call.node.integer("dtype", 1)))
                        : like.scalar_type();
  const Tensor rows = at::arange(like.size(0)).unsqueeze(1);
  const Tensor columns = at::arange(like.size(1)).unsqueeze(0);
  return {at::eq(columns, rows + call.node.integer("k", 0)).to(type)};
}

/// Indices below 0 count from the end; those outside match none.
Outputs one_hot(const Call& call) {
  const std::int64_t depth = integers_in(call[1]).at(0);
  const Tensor indices = call[0].to(at::kLong);
  const std::int64_t axis = call.axis("axis", -1, indices.dim() + 1);
  const Tensor wrapped = at::where(indices < 0, indices + depth, indices).unsqueeze(axis);
  const Tensor is_on = at::eq(wrapped, along(at::arange(depth), axis, indices.dim() + 1));
  return {at::where(is_on, call[2][1], call[2][0])};
}

const Operator kConstants[] = {
    {"", "Constant", constant}, {"", "ConstantOfShape", constant_of_shape},
    {"", "EyeLike", eye_like},  {"", "OneHot", one_hot},
    {"", "Range", range},
};

}  // namespace

Operators constant_operators() { return kConstants; }

}  // namespace bitloom::nn::onnx
