#include "models/onnx/inference/folding.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/onnx/inference/fold_functions.h"
#include "models/onnx/inference/numbers.h"

namespace bitloom::onnx {
namespace {

constexpr std::int64_t kMostElements = 1 << 14;

bool is_foldable(ElementType type) {
  switch (type) {
    case ElementType::kFloat:
    case ElementType::kDouble:
    case ElementType::kBool:
    case ElementType::kInt8:
    case ElementType::kUint8:
    case ElementType::kInt16:
    case ElementType::kUint16:
    case ElementType::kInt32:
    case ElementType::kUint32:
    case ElementType::kInt64:
      return true;
    default:
      return false;
  }
}

Numbers numbers_of(const Tensor& tensor) {
  Numbers result{tensor.type, tensor.dims, {}};
  if (is_integer(tensor.type)) {
    const std::vector<std::int64_t> values = integers_of(tensor);
    result.values.assign(values.begin(), values.end());
  } else {
    const std::vector<double> values = reals_of(tensor);
    result.values.assign(values.begin(), values.end());
  }
  return result;
}

/// A number as its type holds it.
std::int64_t wrapped(Number value) {
  constexpr Number kLeast = -9223372036854775808.0L, kMost = 9223372036854775807.0L;
  return static_cast<std::int64_t>(std::clamp(value, kLeast, kMost));
}

std::optional<Tensor> tensor_from(const Numbers& numbers) {
  if (is_integer(numbers.type)) {
    std::vector<std::int64_t> values;
    for (const Number value : numbers.values) {
      if (std::isnan(value)) return std::nullopt;
      values.push_back(wrapped(value));
    }
    return tensor_of(values, numbers.dims, numbers.type);
  }
  if (numbers.type == ElementType::kDouble) {
    const std::vector<double> values(numbers.values.begin(), numbers.values.end());
    return tensor_of(values, numbers.dims);
  }
  const std::vector<float> values(numbers.values.begin(), numbers.values.end());
  return tensor_of(values, numbers.dims);
}

bool is_small(const Shape& dims) {
  std::int64_t elements = 1;
  for (const std::int64_t dim : dims)
    if ((elements *= dim) > kMostElements) return false;
  return true;
}

/// Those of a node's inputs; nothing where one is too large or of another type.
std::optional<std::vector<Numbers>> numbers_of(const std::vector<const Value*>& inputs) {
  std::vector<Numbers> result;
  for (const Value* input : inputs) {
    if (!input) {
      result.emplace_back();
      continue;
    }
    if (!input->tensor || !is_foldable(input->tensor->type) || !is_small(input->tensor->dims))
      return std::nullopt;
    result.push_back(numbers_of(*input->tensor));
  }
  return result;
}

/// What Shape and Size tell of an input of known shape, whatever its elements are.
std::optional<Tensor> shape_facts(const Node& node, const std::vector<const Value*>& inputs) {
  if (inputs.size() != 1 || !inputs[0] || !inputs[0]->dims) return std::nullopt;
  const Shape& dims = *inputs[0]->dims;
  if (node.op == "Size") return tensor_of(std::vector<std::int64_t>{graph::size_of(dims)}, {});
  if (node.op != "Shape") return std::nullopt;
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = place(node.integer("start", 0));
  const std::int64_t end = std::max(start, place(node.integer("end", rank)));
  const Shape taken(dims.begin() + start, dims.begin() + end);
  return tensor_of(taken, {end - start});
}

}  // namespace

std::optional<Tensor> constant_tensor(const Node& node) {
  for (const Attribute& value : node.attributes) {
    const auto integers = static_cast<std::int64_t>(value.integers.size());
    const auto reals = static_cast<std::int64_t>(value.reals.size());
    if (value.name == "value" && value.tensor && bits_of(value.tensor->type) > 0)
      return value.tensor;
    if (value.name == "value_int") return tensor_of(std::vector<std::int64_t>{value.integer}, {});
    if (value.name == "value_ints") return tensor_of(value.integers, {integers});
    if (value.name == "value_float") return tensor_of(std::vector<float>{value.real}, {});
    if (value.name == "value_floats") return tensor_of(value.reals, {reals});
  }
  return std::nullopt;
}

std::optional<std::vector<Tensor>> folded(const Node& node, const std::vector<const Value*>& inputs,
                                          const std::vector<Value*>& outputs) {
  if (auto facts = shape_facts(node, inputs)) return std::vector<Tensor>{*facts};
  const FoldFunction function = fold_function(node.op);
  if (!function) return std::nullopt;
  for (const Value* output : outputs)
    if (!output->dims || !is_small(*output->dims) || !is_foldable(output->type))
      return std::nullopt;
  const auto numbers = numbers_of(inputs);
  if (!numbers) return std::nullopt;
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Numbers out{outputs[i]->type, *outputs[i]->dims, {}};
    out.values.resize(static_cast<std::size_t>(graph::size_of(out.dims)));
    if (!function(node, *numbers, i, out)) return std::nullopt;
    const auto tensor = tensor_from(out);
    if (!tensor) return std::nullopt;
    result.push_back(*tensor);
  }
  return result;
}

}  // namespace bitloom::onnx
