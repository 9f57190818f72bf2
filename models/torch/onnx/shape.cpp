// Shapes: asked for, and given anew without moving elements.
#include <ATen/ExpandUtils.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Outputs shape(const Call& call) {
  const Integers dims = call[0].sizes().vec();
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto place = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t at = call.node.integer(name, otherwise);
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = place("start", 0);
  const std::int64_t end = std::max(start, place("end", rank));
  return {at::tensor(Integers(dims.begin() + start, dims.begin() + end), at::kLong)};
}

Outputs size(const Call& call) { return {at::scalar_tensor(call[0].numel(), at::kLong)}; }

Outputs reshape(const Call& call) {
  const Tensor& x = call[0];
  Integers dims = call.integers(1, "shape").value_or(Integers{});
  const bool allows_zero = call.node.integer("allowzero", 0) != 0;
  for (std::size_t i = 0; i < dims.size() && !allows_zero; ++i) {
    if (dims[i] != 0) continue;
    if (static_cast<std::int64_t>(i) >= x.dim())
      throw UserError(fmt::format("dimension {} of the shape has none to copy", i));
    dims[i] = x.size(static_cast<std::int64_t>(i));
  }
  return {x.reshape(dims)};
}

Outputs flatten(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t given = call.node.integer("axis", 1);
  const std::int64_t axis = given == x.dim() ? given : axis_in(given, x.dim());
  const at::IntArrayRef dims = x.sizes();
  const std::int64_t rows =
      std::accumulate(dims.begin(), dims.begin() + axis, std::int64_t{1}, std::multiplies<>());
  const std::int64_t columns =
      std::accumulate(dims.begin() + axis, dims.end(), std::int64_t{1}, std::multiplies<>());
  return {x.reshape({rows, columns})};
}

Outputs squeeze(const Call& call) {
  const Tensor& x = call[0];
  const auto named = call.integers(1, "axes");
  if (!named) return {at::squeeze(x)};
  Integers axes = axes_in(*named, x.dim());
  std::sort(axes.rbegin(), axes.rend());
  Integers dims = x.sizes().vec();
  for (const std::int64_t axis : axes) {
    if (x.size(axis) != 1)
      throw UserError(fmt::format("dimension {} is {}, not 1", axis, x.size(axis)));
    dims.erase(dims.begin() + axis);
  }
  return {x.reshape(dims)};
}

Outputs unsqueeze(const Call& call) {
  const auto named = call.integers(1, "axes").value_or(Integers{});
  const auto rank = call[0].dim() + static_cast<std::int64_t>(named.size());
  Integers axes = axes_in(named, rank);
  std::sort(axes.begin(), axes.end());
  Integers dims = call[0].sizes().vec();
  for (const std::int64_t axis : axes) dims.insert(dims.begin() + axis, 1);
  return {call[0].reshape(dims)};
}

Outputs expand(const Call& call) {
  return {call[0].expand(at::infer_size(call[0].sizes(), integers_in(call[1])))};
}

const Operator kShapes[] = {
    {"", "Expand", expand},       {"", "Flatten", flatten}, {"", "Reshape", reshape},
    {"", "Shape", shape},         {"", "Size", size},       {"", "Squeeze", squeeze},
    {"", "Unsqueeze", unsqueeze},
};

}  // namespace

Operators shape_operators() { return kShapes; }

}  // namespace bitloom::nn::onnx
