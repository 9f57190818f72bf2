#include <algorithm>
#include <map>

#include "models/onnx/inference/fold_functions.h"
#include "models/onnx/inference/slice.h"

// What moves, repeats or gathers elements.

namespace bitloom::onnx {
namespace {

std::vector<std::size_t> strides_of(const Shape& dims) {
  std::vector<std::size_t> strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;)
    strides[i - 1] = strides[i] * static_cast<std::size_t>(dims[i]);
  return strides;
}

/// The place of element `at` in each dimension.
std::vector<std::int64_t> places_of(std::size_t at, const Shape& dims) {
  std::vector<std::int64_t> places(dims.size());
  for (std::size_t i = dims.size(); i-- > 0;) {
    places[i] = static_cast<std::int64_t>(at % static_cast<std::size_t>(dims[i]));
    at /= static_cast<std::size_t>(dims[i]);
  }
  return places;
}

std::size_t axis_of(std::int64_t axis, const Shape& dims) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(dims.size()) : axis);
}

std::vector<std::int64_t> integers_in(const Numbers& numbers) {
  std::vector<std::int64_t> result;
  for (const Number value : numbers.values) result.push_back(static_cast<std::int64_t>(value));
  return result;
}

/// Each element from where `source` says it comes, given its own places.
template <class Source>
void place_each(const Numbers& from, Numbers& out, const Source& source) {
  const std::vector<std::size_t> strides = strides_of(from.dims);
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::vector<std::int64_t> places = source(places_of(at, out.dims));
    std::size_t index = 0;
    for (std::size_t i = 0; i < strides.size(); ++i)
      index += static_cast<std::size_t>(places[i]) * strides[i];
    out.values[at] = from.values[index];
  }
}

using In = const std::vector<Numbers>&;

bool fold_same(const Node&, In in, std::size_t, Numbers& out) {
  out.values = in[0].values;
  return true;
}

bool fold_constant_of_shape(const Node& node, In, std::size_t, Numbers& out) {
  const Attribute* value = node.attribute("value");
  if (value && value->tensor && value->tensor->size() != 1) return false;
  const Number each = value && value->tensor ? reals_of(*value->tensor)[0] : 0;
  std::fill(out.values.begin(), out.values.end(), each);
  return true;
}

bool fold_gather(const Node& node, In in, std::size_t, Numbers& out) {
  const Numbers &data = in[0], &indices = in[1];
  const std::size_t axis = axis_of(node.integer("axis", 0), data.dims);
  const std::int64_t size = data.dims[axis];
  for (const Number index : indices.values)
    if (!(index >= -static_cast<Number>(size) && index < static_cast<Number>(size))) return false;
  const std::vector<std::size_t> strides = strides_of(indices.dims);
  const auto rank = static_cast<std::ptrdiff_t>(indices.dims.size());
  const auto start = static_cast<std::ptrdiff_t>(axis);
  place_each(data, out, [&](const std::vector<std::int64_t>& at) {
    std::size_t which = 0;
    for (std::size_t i = 0; i < strides.size(); ++i)
      which += static_cast<std::size_t>(at[axis + i]) * strides[i];
    const auto index = static_cast<std::int64_t>(indices.values[which]);
    std::vector<std::int64_t> from(at.begin(), at.begin() + start);
    from.push_back(index < 0 ? index + size : index);
    from.insert(from.end(), at.begin() + start + rank, at.end());
    return from;
  });
  return true;
}

bool fold_slice(const Node& node, In in, std::size_t, Numbers& out) {
  const auto list = [&](const char* name, std::size_t which) {
    std::optional<std::vector<std::int64_t>> result;
    if (node.has(name))
      result = node.integers(name);
    else if (which < in.size() && in[which].type != ElementType::kUndefined)
      result = integers_in(in[which]);
    return result;
  };
  const Value data{.dims = in[0].dims};
  const NodeView view(node, {&data}, {});
  const auto ranges = slice_ranges(view, list("starts", 1).value(), list("ends", 2).value(),
                                   list("axes", 3), list("steps", 4));
  place_each(in[0], out, [&](std::vector<std::int64_t> at) {
    for (const SliceRange& range : ranges)
      at[range.axis] = range.start + at[range.axis] * range.step;
    return at;
  });
  return true;
}

bool fold_concat(const Node& node, In in, std::size_t, Numbers& out) {
  const std::size_t axis = axis_of(node.integer("axis", 1), out.dims);
  for (std::size_t at = 0; at < out.size(); ++at) {
    std::vector<std::int64_t> places = places_of(at, out.dims);
    std::size_t which = 0;
    while (places[axis] >= in[which].dims[axis]) places[axis] -= in[which++].dims[axis];
    const std::vector<std::size_t> strides = strides_of(in[which].dims);
    std::size_t index = 0;
    for (std::size_t i = 0; i < strides.size(); ++i)
      index += static_cast<std::size_t>(places[i]) * strides[i];
    out.values[at] = in[which].values[index];
  }
  return true;
}

bool fold_split(const Node& node, In in, std::size_t which, Numbers& out) {
  const std::size_t axis = axis_of(node.integer("axis", 0), in[0].dims);
  std::vector<std::int64_t> parts = node.integers("split");
  if (parts.empty() && in.size() > 1) parts = integers_in(in[1]);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < which; ++i) start += parts.empty() ? out.dims[axis] : parts[i];
  const auto count = static_cast<std::int64_t>(node.outputs.size());
  if (parts.empty() && count > 0) {
    const std::int64_t each = (in[0].dims[axis] + count - 1) / count;
    start = static_cast<std::int64_t>(which) * each;
  }
  place_each(in[0], out, [&](std::vector<std::int64_t> at) {
    at[axis] += start;
    return at;
  });
  return true;
}

bool fold_transpose(const Node& node, In in, std::size_t, Numbers& out) {
  std::vector<std::int64_t> order = node.integers("perm");
  if (order.empty())
    for (std::size_t i = out.dims.size(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  place_each(in[0], out, [&](const std::vector<std::int64_t>& at) {
    std::vector<std::int64_t> from(at.size());
    for (std::size_t i = 0; i < order.size(); ++i) from[axis_of(order[i], out.dims)] = at[i];
    return from;
  });
  return true;
}

/// Expand and Tile: places wrap around in each dimension.
bool fold_repeat(const Node&, In in, std::size_t, Numbers& out) {
  const Shape& dims = in[0].dims;
  const std::size_t skip = out.dims.size() - dims.size();
  place_each(in[0], out, [&](const std::vector<std::int64_t>& at) {
    std::vector<std::int64_t> from(dims.size());
    for (std::size_t i = 0; i < dims.size(); ++i) from[i] = at[skip + i] % dims[i];
    return from;
  });
  return true;
}

bool fold_range(const Node&, In in, std::size_t, Numbers& out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out.values[i] = in[0].values[0] + static_cast<Number>(i) * in[2].values[0];
  return true;
}

template <class Function>
bool reduce(const Node& node, In in, Numbers& out, Number start, const Function& function) {
  // Over all dimensions, or over the only one: what shapes need.
  if (out.size() != 1 || node.integer("noop_with_empty_axes", 0) != 0) return false;
  out.values[0] = start;
  for (const Number value : in[0].values) out.values[0] = function(out.values[0], value);
  return !in[0].values.empty();
}

bool fold_reduce_prod(const Node& node, In in, std::size_t, Numbers& out) {
  return reduce(node, in, out, 1, [](Number a, Number b) { return a * b; });
}
bool fold_reduce_sum(const Node& node, In in, std::size_t, Numbers& out) {
  return reduce(node, in, out, 0, [](Number a, Number b) { return a + b; });
}
bool fold_reduce_max(const Node& node, In in, std::size_t, Numbers& out) {
  if (in[0].values.empty()) return false;
  return reduce(node, in, out, in[0].values[0], [](Number a, Number b) { return std::max(a, b); });
}
bool fold_reduce_min(const Node& node, In in, std::size_t, Numbers& out) {
  if (in[0].values.empty()) return false;
  return reduce(node, in, out, in[0].values[0], [](Number a, Number b) { return std::min(a, b); });
}

/// Rows of the data replaced by the updates; indices name whole rows of any depth.
bool fold_scatter_nd(const Node& node, In in, std::size_t, Numbers& out) {
  if (in.size() != 3 || node.text("reduction", "none") != "none" || in[1].dims.empty())
    return false;
  out.values = in[0].values;
  const auto depth = static_cast<std::size_t>(in[1].dims.back());
  const std::vector<std::size_t> strides = strides_of(out.dims);
  if (depth == 0 || depth > strides.size()) return false;
  const std::size_t row = strides[depth - 1];
  if (in[1].size() / depth * row != in[2].size()) return false;
  for (std::size_t i = 0; i < in[1].size() / depth; ++i) {
    std::size_t start = 0;
    for (std::size_t d = 0; d < depth; ++d) {
      auto index = static_cast<std::int64_t>(in[1].values[i * depth + d]);
      if (index < 0) index += out.dims[d];
      if (index < 0 || index >= out.dims[d]) return false;
      start += static_cast<std::size_t>(index) * strides[d];
    }
    std::copy_n(&in[2].values[i * row], row, &out.values[start]);
  }
  return true;
}

}  // namespace

const std::vector<FoldRow>& fold_placement() {
  static const std::vector<FoldRow> table{{"Identity", fold_same},
                                          {"Reshape", fold_same},
                                          {"Flatten", fold_same},
                                          {"Squeeze", fold_same},
                                          {"Unsqueeze", fold_same},
                                          {"ConstantOfShape", fold_constant_of_shape},
                                          {"Gather", fold_gather},
                                          {"Slice", fold_slice},
                                          {"Concat", fold_concat},
                                          {"Split", fold_split},
                                          {"Transpose", fold_transpose},
                                          {"Expand", fold_repeat},
                                          {"Tile", fold_repeat},
                                          {"Range", fold_range},
                                          {"ReduceProd", fold_reduce_prod},
                                          {"ReduceSum", fold_reduce_sum},
                                          {"ReduceMax", fold_reduce_max},
                                          {"ReduceMin", fold_reduce_min},
                                          {"ScatterND", fold_scatter_nd}};
  return table;
}

FoldFunction fold_function(const std::string& op) {
  static const std::map<std::string, FoldFunction, std::less<>> table = [] {
    std::map<std::string, FoldFunction, std::less<>> all;
    for (const auto& rows : {fold_arithmetic(), fold_placement()})
      for (const auto& [name, function] : rows) all.emplace(name, function);
    return all;
  }();
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace bitloom::onnx
