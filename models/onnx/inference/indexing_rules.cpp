#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "models/onnx/inference/rule.h"
#include "models/onnx/inference/slice.h"

namespace bitloom::onnx {
namespace {

/// Inputs `first`, `first` + `every`, .. joined.
Shape joined_dims(const NodeView& node, std::size_t first, std::size_t every) {
  Shape dims = node.dims(first);
  const std::int64_t default_axis = 1;  // of opset 1
  const auto axis = static_cast<std::size_t>(
      node.axis(node.node().integer("axis", default_axis), node.rank(first)));
  for (std::size_t i = first + every; i < node.inputs(); i += every) {
    const Shape& next = node.dims(i);
    bool fits = next.size() == dims.size();
    for (std::size_t d = 0; fits && d < dims.size(); ++d) fits = d == axis || next[d] == dims[d];
    if (!fits)
      throw node.refuse(fmt::format("joins {} and {}", graph::to_text(dims), graph::to_text(next)));
    dims[axis] += next[axis];
  }
  return dims;
}

void concat(NodeView& node) { node.output(joined_dims(node, 0, 1)); }

/// com.microsoft: scale and zero point of the result, then codes, scale and zero point of each
/// part.
void concat_codes(NodeView& node) { node.output(0, joined_dims(node, 2, 3), node.type(1)); }

void require_parts_of(const NodeView& node, const std::vector<std::int64_t>& parts,
                      std::int64_t whole) {
  std::int64_t rest = whole;
  for (const std::int64_t part : parts) {
    if (part < 0 || part > rest) rest = -1;
    if (rest >= 0) rest -= part;
  }
  if (rest != 0 || parts.size() < node.outputs())
    throw node.refuse(fmt::format("its parts are none of {} elements", whole));
}

void split(NodeView& node) {
  Shape dims = node.dims(0);
  const auto axis =
      static_cast<std::size_t>(node.axis(node.node().integer("axis", 0), node.rank(0)));
  const auto parts = node.integers("split", 1);
  const auto count = static_cast<std::int64_t>(node.outputs());
  const std::int64_t whole = dims[axis];
  const std::int64_t each = (whole + count - 1) / count;
  if (parts) require_parts_of(node, *parts, whole);
  for (std::size_t i = 0; i < node.outputs(); ++i) {
    const auto before = static_cast<std::int64_t>(i) * each;
    dims[axis] = parts ? (*parts)[i] : std::clamp<std::int64_t>(whole - before, 0, each);
    node.output(i, dims, node.type(0));
  }
}

void slice(NodeView& node) {
  const auto starts = node.integers("starts", 1);
  const auto ends = node.integers("ends", 2);
  if (!starts || !ends) throw node.refuse("tells no place");
  Shape dims = node.dims(0);
  for (const SliceRange& range :
       slice_ranges(node, *starts, *ends, node.integers("axes", 3), node.integers("steps", 4)))
    dims[range.axis] = range.count;
  node.output(std::move(dims));
}

void gather(NodeView& node) {
  const Shape& data = node.dims(0);
  const Shape& indices = node.dims(1);
  const auto axis = node.axis(node.node().integer("axis", 0), node.rank(0));
  Shape result(data.begin(), data.begin() + axis);
  result.insert(result.end(), indices.begin(), indices.end());
  result.insert(result.end(), data.begin() + axis + 1, data.end());
  node.output(std::move(result));
}

void gather_elements(NodeView& node) { node.output(node.dims(1)); }

void gather_nd(NodeView& node) {
  const Shape& data = node.dims(0);
  const Shape& indices = node.dims(1);
  const std::int64_t batch = node.node().integer("batch_dims", 0);
  if (indices.empty() || batch < 0 || batch > node.rank(0) || indices.back() < 0 ||
      indices.back() > node.rank(0) - batch)
    throw node.refuse(fmt::format("takes {} by {}", graph::to_text(data), graph::to_text(indices)));
  Shape result(indices.begin(), indices.end() - 1);
  result.insert(result.end(), data.begin() + batch + indices.back(), data.end());
  node.output(std::move(result));
}

void range(NodeView& node) {
  std::vector<double> bounds;
  for (std::size_t i = 0; i < 3; ++i) {
    const Value& value = node.input(i);
    if (!value.tensor || value.tensor->size() != 1)
      throw node.refuse(
          fmt::format("its bound '{}' is not known before the network runs", value.name));
    bounds.push_back(reals_of(*value.tensor).front());
  }
  if (bounds[2] == 0) throw node.refuse("its step is 0");
  const double count = std::ceil((bounds[1] - bounds[0]) / bounds[2]);
  if (!std::isfinite(count)) throw node.refuse("its bounds are no numbers");
  node.output({static_cast<std::int64_t>(std::clamp(count, 0.0, 1e15))});
}

void one_hot(NodeView& node) {
  Shape dims = node.dims(0);
  const Value& count = node.input(1);
  const std::vector<double> depth = count.tensor ? reals_of(*count.tensor) : std::vector<double>{};
  const auto rank = node.rank(0) + 1;
  const auto axis = node.axis(node.node().integer("axis", -1), rank);
  if (depth.size() != 1 || !std::isfinite(depth[0])) throw node.refuse("its depth is not known");
  dims.insert(dims.begin() + axis, static_cast<std::int64_t>(std::clamp(depth[0], 0.0, 1e15)));
  node.output(0, std::move(dims), node.type(2));
}

void top_k(NodeView& node) {
  Shape dims = node.dims(0);
  const auto axis =
      static_cast<std::size_t>(node.axis(node.node().integer("axis", -1), node.rank(0)));
  if (const Attribute* fixed = node.node().attribute("k")) {
    dims[axis] = fixed->integer;
  } else {
    const std::vector<std::int64_t> k = node.integers(1);
    if (k.size() != 1) throw node.refuse("its k is not one number");
    dims[axis] = k.front();
  }
  node.output(0, dims, node.type(0));
  node.output(1, dims, ElementType::kInt64);
}

/// Padding tells what is added before each dimension, then after each.
void pad(NodeView& node) {
  Shape dims = node.dims(0);
  auto pads = node.integers("pads", 1);
  if (!pads) pads = node.integers("paddings", 1);  // of opset 1
  if (!pads) throw node.refuse("tells no padding");
  std::vector<std::int64_t> axes;
  if (node.has(3)) axes = node.integers(3);
  if (axes.empty())
    for (std::int64_t i = 0; i < node.rank(0); ++i) axes.push_back(i);
  if (pads->size() != 2 * axes.size()) throw node.refuse("pads another number of dimensions");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    constexpr std::int64_t kMost = std::int64_t{1} << 31;
    const std::int64_t before = (*pads)[i], after = (*pads)[i + axes.size()];
    if (std::max(std::abs(before), std::abs(after)) > kMost)
      throw node.refuse("pads more than any tensor holds");
    dims[static_cast<std::size_t>(node.axis(axes[i], node.rank(0)))] += before + after;
  }
  node.output(std::move(dims));
}

void depends_on_data(NodeView& node) { throw node.refuse("how much it gives depends on the data"); }

}  // namespace

std::vector<SliceRange> slice_ranges(const NodeView& node, const std::vector<std::int64_t>& starts,
                                     const std::vector<std::int64_t>& ends,
                                     const std::optional<std::vector<std::int64_t>>& axes,
                                     const std::optional<std::vector<std::int64_t>>& steps) {
  const Shape& dims = node.dims(0);
  if (ends.size() != starts.size() || (axes && axes->size() != starts.size()) ||
      (steps && steps->size() != starts.size()))
    throw node.refuse("tells places of different numbers of dimensions");
  std::vector<SliceRange> ranges;
  std::vector<bool> named_before(dims.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::int64_t named = axes ? (*axes)[i] : static_cast<std::int64_t>(i);
    const auto axis = static_cast<std::size_t>(node.axis(named, node.rank(0)));
    const std::int64_t dim = dims[axis], step = steps ? (*steps)[i] : 1;
    if (step == 0) throw node.refuse("its step is 0");
    if (named_before[axis]) throw node.refuse("names an axis twice");
    named_before[axis] = true;
    if (dim == 0) {
      ranges.push_back({axis, 0, step, 0});
      continue;
    }
    const auto place = [&](std::int64_t at, std::int64_t least, std::int64_t most) {
      return std::clamp(at < 0 ? at + dim : at, least, most);
    };
    const bool forward = step > 0;
    const std::int64_t start = forward ? place(starts[i], 0, dim) : place(starts[i], 0, dim - 1);
    // Backwards an end of -1 - dim or less means to the front.
    const std::int64_t end =
        forward ? place(ends[i], 0, dim) : (ends[i] < -dim ? -1 : place(ends[i], -1, dim - 1));
    const std::int64_t length = forward ? end - start : start - end;
    const std::int64_t stride = step == std::numeric_limits<std::int64_t>::min()
                                    ? std::numeric_limits<std::int64_t>::max()
                                : forward ? step
                                          : -step;
    const std::int64_t count = length <= 0 ? 0 : (length - 1) / stride + 1;
    ranges.push_back({axis, start, step, count});
  }
  return ranges;
}

const Rules& indexing_rules() {
  static const Rules table{{"Concat", concat},
                           {"QLinearConcat", concat_codes},
                           {"Split", split},
                           {"Slice", slice},
                           {"Gather", gather},
                           {"GatherElements", gather_elements},
                           {"GatherND", gather_nd},
                           {"Range", range},
                           {"OneHot", one_hot},
                           {"TopK", top_k},
                           {"Pad", pad},
                           {"NonZero", depends_on_data},
                           {"Compress", depends_on_data},
                           {"Unique", depends_on_data},
                           {"NonMaxSuppression", depends_on_data}};
  return table;
}

}  // namespace bitloom::onnx
