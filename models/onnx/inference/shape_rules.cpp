#include <algorithm>

#include <fmt/format.h>

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {
namespace {

void shape(NodeView& node) {
  const std::int64_t rank = node.rank(0);
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = place(node.node().integer("start", 0));
  const std::int64_t end = place(node.node().integer("end", rank));
  node.output(0, {std::max<std::int64_t>(0, end - start)}, ElementType::kInt64);
}

void size(NodeView& node) { node.output(0, {}, ElementType::kInt64); }

constexpr std::int64_t kMostSize = std::int64_t{1} << 48;

/// A 0 keeps the dimension at its place, a -1 takes what is left.
void reshape(NodeView& node) {
  const Shape& from = node.dims(0);
  const auto wanted = node.integers("shape", 1);
  if (!wanted) throw node.refuse("tells no shape");
  const bool zero_is_zero = node.node().integer("allowzero", 0) != 0;
  Shape to = *wanted;
  std::size_t open = to.size();
  std::int64_t known = 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !zero_is_zero && i < from.size()) to[i] = from[i];
    if (to[i] < -1 || to[i] > kMostSize)
      throw node.refuse(
          fmt::format("makes {} of {}", graph::to_text(*wanted), graph::to_text(from)));
    if (to[i] == -1)
      open = i;
    else if (__builtin_mul_overflow(known, to[i], &known))
      throw node.refuse("makes a shape that is too large");
  }
  const std::int64_t elements = elements_between(from, 0, from.size());
  if (open < to.size()) to[open] = known == 0 ? 0 : elements / known;
  if (elements_between(to, 0, to.size()) != elements)
    throw node.refuse(fmt::format("makes {} of {}", graph::to_text(*wanted), graph::to_text(from)));
  node.output(std::move(to));
}

void flatten(NodeView& node) {
  const Shape& dims = node.dims(0);
  const std::int64_t given = node.node().integer("axis", 1);
  const std::int64_t rank = node.rank(0);
  const std::int64_t axis =
      given == rank ? rank : node.axis(given, std::max<std::int64_t>(rank, 1));
  const auto at = static_cast<std::size_t>(axis);
  node.output({elements_between(dims, 0, at), elements_between(dims, at, dims.size())});
}

void squeeze(NodeView& node) {
  const Shape& dims = node.dims(0);
  const auto axes = node.integers("axes", 1);
  std::vector<bool> drop(dims.size());
  if (axes)
    for (const std::int64_t axis : *axes)
      drop[static_cast<std::size_t>(node.axis(axis, node.rank(0)))] = true;
  Shape kept;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (axes ? drop[i] : dims[i] == 1) {
      if (dims[i] != 1) throw node.refuse(fmt::format("drops a dimension of {}", dims[i]));
      continue;
    }
    kept.push_back(dims[i]);
  }
  node.output(std::move(kept));
}

void unsqueeze(NodeView& node) {
  const Shape& dims = node.dims(0);
  const auto axes = node.integers("axes", 1);
  if (!axes) throw node.refuse("tells no axes");
  const auto rank = node.rank(0) + static_cast<std::int64_t>(axes->size());
  std::vector<bool> added(static_cast<std::size_t>(rank));
  for (const std::int64_t axis : *axes)
    added[static_cast<std::size_t>(node.axis(axis, rank))] = true;
  Shape result;
  std::size_t next = 0;
  for (const bool is_added : added) {
    if (!is_added && next == dims.size()) throw node.refuse("names an axis twice");
    result.push_back(is_added ? 1 : dims[next++]);
  }
  node.output(std::move(result));
}

void transpose(NodeView& node) {
  const Shape& dims = node.dims(0);
  std::vector<std::int64_t> order = node.node().integers("perm");
  if (order.empty() && !dims.empty())
    for (std::size_t i = dims.size(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  if (order.size() != dims.size()) throw node.refuse("permutes another number of dimensions");
  Shape result;
  for (const std::int64_t from : order)
    result.push_back(dims[static_cast<std::size_t>(node.axis(from, node.rank(0)))]);
  node.output(std::move(result));
}

void expand(NodeView& node) {
  const std::vector<std::int64_t> wanted = node.integers(1);
  node.output(broadcast(node, node.dims(0), wanted));
}

void tile(NodeView& node) {
  Shape dims = node.dims(0);
  const std::vector<std::int64_t> repeats = node.integers(1);
  if (repeats.size() != dims.size()) throw node.refuse("repeats another number of dimensions");
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (repeats[i] < 0 || repeats[i] > kMost || dims[i] > kMost)
      throw node.refuse(fmt::format("repeats {} times", repeats[i]));
    dims[i] *= repeats[i];
  }
  node.output(std::move(dims));
}

void constant(NodeView& node) {
  // Its elements are told where it is folded; one that cannot be has no shape that matters.
  throw node.refuse("its value is no tensor of numbers");
}

void constant_of_shape(NodeView& node) {
  const Attribute* value = node.node().attribute("value");
  node.output(0, node.integers(0),
              value && value->tensor ? value->tensor->type : ElementType::kFloat);
}

void random_of_shape(NodeView& node) {
  node.output(0, node.node().integers("shape"),
              static_cast<ElementType>(node.node().integer("dtype", 1)));
}

constexpr std::int64_t kMostBlock = 1 << 20;

/// Rows, columns and channels exchange places: blocks of `blocksize`^2 pixels.
void depth_to_space(NodeView& node) {
  const Shape& dims = node.dims(0);
  const std::int64_t block = node.node().integer("blocksize", 1);
  if (dims.size() != 4 || block < 1 || block > kMostBlock || dims[1] % (block * block) != 0)
    throw node.refuse(fmt::format("cannot spread {}", graph::to_text(dims)));
  node.output({dims[0], dims[1] / (block * block), dims[2] * block, dims[3] * block});
}

void space_to_depth(NodeView& node) {
  const Shape& dims = node.dims(0);
  const std::int64_t block = node.node().integer("blocksize", 1);
  if (dims.size() != 4 || block < 1 || block > kMostBlock || dims[2] % block != 0 ||
      dims[3] % block != 0)
    throw node.refuse(fmt::format("cannot gather {}", graph::to_text(dims)));
  node.output({dims[0], dims[1] * block * block, dims[2] / block, dims[3] / block});
}

/// Reductions: over all dimensions where no axes are told.
void reduce(NodeView& node) {
  const Shape& dims = node.dims(0);
  const auto axes = node.integers("axes", 1);
  const bool keeps = node.node().integer("keepdims", 1) != 0;
  const bool none_means_none = node.node().integer("noop_with_empty_axes", 0) != 0;
  std::vector<bool> reduced(dims.size(), (!axes || axes->empty()) && !none_means_none);
  if (axes)
    for (const std::int64_t axis : *axes)
      reduced[static_cast<std::size_t>(node.axis(axis, node.rank(0)))] = true;
  Shape result;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!reduced[i])
      result.push_back(dims[i]);
    else if (keeps)
      result.push_back(1);
  }
  node.output(std::move(result));
}

void arg_most(NodeView& node) {
  Shape dims = node.dims(0);
  const auto axis = node.axis(node.node().integer("axis", 0), node.rank(0));
  if (node.node().integer("keepdims", 1) != 0)
    dims[static_cast<std::size_t>(axis)] = 1;
  else
    dims.erase(dims.begin() + axis);
  node.output(0, std::move(dims), ElementType::kInt64);
}

Rules shape_rows() {
  Rules rules{{"Shape", shape},
              {"Size", size},
              {"Reshape", reshape},
              {"Flatten", flatten},
              {"Squeeze", squeeze},
              {"Unsqueeze", unsqueeze},
              {"Transpose", transpose},
              {"Expand", expand},
              {"Tile", tile},
              {"Constant", constant},
              {"ConstantOfShape", constant_of_shape},
              {"RandomNormal", random_of_shape},
              {"RandomUniform", random_of_shape},
              {"DepthToSpace", depth_to_space},
              {"SpaceToDepth", space_to_depth},
              {"ArgMax", arg_most},
              {"ArgMin", arg_most}};
  for (const char* op : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
                         "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"})
    rules.push_back({op, reduce});
  return rules;
}

}  // namespace

const Rules& shape_rules() {
  static const Rules table = shape_rows();
  return table;
}

}  // namespace bitloom::onnx
