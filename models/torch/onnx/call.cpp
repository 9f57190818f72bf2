#include "models/torch/onnx/call.h"

#include <fmt/format.h>

#include <set>

#include "base/error.h"

namespace bitloom::nn::onnx {

const Tensor& Call::operator[](std::size_t which) const {
  if (!has(which)) throw UserError(fmt::format("input {} is missing", which));
  return inputs[which];
}

ElementType Call::type(std::size_t which) const {
  if (which < types.size() && types[which] != ElementType::kUndefined) return types[which];
  return type_of((*this)[which].scalar_type());
}

std::optional<Integers> Call::integers(std::size_t which, std::string_view attribute) const {
  if (has(which)) return integers_in(inputs[which]);
  if (!node.has(attribute)) return std::nullopt;
  return node.integers(attribute);
}

std::int64_t Call::axis(std::string_view attribute, std::int64_t otherwise,
                        std::int64_t rank) const {
  return axis_in(node.integer(attribute, otherwise), rank);
}

Integers integers_in(const Tensor& x) {
  const Tensor whole = x.to(at::kCPU, at::kLong).contiguous();
  const std::int64_t* first = whole.data_ptr<std::int64_t>();
  return {first, first + whole.numel()};
}

std::int64_t axis_in(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank)
    throw UserError(fmt::format("axis {} of a tensor of {} dimensions", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

Integers axes_in(Integers axes, std::int64_t rank) {
  std::set<std::int64_t> seen;
  for (std::int64_t& axis : axes) {
    axis = axis_in(axis, rank);
    if (!seen.insert(axis).second) throw UserError(fmt::format("axis {} is named twice", axis));
  }
  return axes;
}

Tensor along(const Tensor& vector, std::int64_t axis, std::int64_t rank) {
  Integers dims(static_cast<std::size_t>(rank), 1);
  dims[static_cast<std::size_t>(axis_in(axis, rank))] = vector.numel();
  return vector.reshape(dims);
}

Tensor scalar_like(const Tensor& like, double value) { return at::full({}, value, like.options()); }

}  // namespace bitloom::nn::onnx
