#include <algorithm>

#include <fmt/format.h>

#include "models/onnx/inference/resized_sizes.h"
#include "models/onnx/inference/window_attributes.h"

namespace bitloom::onnx {
namespace {

/// A list of the node with one element for each dimension, or `otherwise` for all.
Shape per_dimension(const NodeView& node, const char* name, std::size_t count,
                    std::int64_t otherwise, std::int64_t least) {
  Shape list = node.node().integers(name);
  if (list.empty()) list.assign(count, otherwise);
  if (list.size() != count)
    throw node.refuse(fmt::format("{} has {} numbers for {} dimensions", name, list.size(), count));
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  for (const std::int64_t each : list)
    if (each < least || each > kMost) throw node.refuse(fmt::format("{} of {}", name, each));
  return list;
}

/// SAME_UPPER and SAME_LOWER: as much as makes the result ceil(input / stride) large; of an odd
/// number the larger half lies after or before.
void pad_to_same(WindowAttributes& window, const Shape& space, bool upper) {
  for (std::size_t i = 0; i < space.size(); ++i) {
    const std::int64_t out = (space[i] + window.stride[i] - 1) / window.stride[i];
    const std::int64_t total =
        std::max<std::int64_t>(0, (out - 1) * window.stride[i] + window.covered(i) - space[i]);
    const std::int64_t less = total / 2;
    window.before[i] = upper ? less : total - less;
    window.after[i] = total - window.before[i];
  }
}

std::string auto_pad(const NodeView& node) { return node.node().text("auto_pad", "NOTSET"); }
bool is_same(const std::string& padding) { return padding.rfind("SAME", 0) == 0; }

Shape weights_space(const NodeView& node, std::size_t which) {
  return space_of(node, node.dims(which));
}

/// Batch, channels and what the window leaves.
void convolve(NodeView& node, std::size_t weights, ElementType type) {
  const Shape& in = node.dims(0);
  const Shape& kernels = node.dims(weights);
  const Shape space = space_of(node, in);
  const WindowAttributes window = window_of(node, space, weights_space(node, weights));
  const std::int64_t groups = node.node().integer("group", 1);
  if (kernels.size() != in.size() || groups < 1 || kernels[0] % groups != 0 || kernels[1] > in[1] ||
      kernels[1] * groups != in[1])
    throw node.refuse(fmt::format("weights of {} in {} groups do not fit an input of {}",
                                  graph::to_text(kernels), groups, graph::to_text(in)));
  Shape out{in[0], kernels[0]};
  const Shape rest = window_output(node, window, space, false);
  out.insert(out.end(), rest.begin(), rest.end());
  node.output(0, std::move(out), type);
}

void conv(NodeView& node) { convolve(node, 1, node.type(0)); }
void conv_integer(NodeView& node) { convolve(node, 1, ElementType::kInt32); }
void qlinear_conv(NodeView& node) { convolve(node, 3, node.type(7)); }

/// Output sizes by the operator's specification: stride (in - 1) + output padding + covered - pads.
void conv_transpose(NodeView& node) {
  const Shape& in = node.dims(0);
  const Shape& kernels = node.dims(1);
  const Shape space = space_of(node, in);
  const WindowAttributes window = window_of(node, space, weights_space(node, 1));
  const Shape extra = per_dimension(node, "output_padding", space.size(), 0, 0);
  const Shape stated = node.node().integers("output_shape");
  const std::int64_t groups = node.node().integer("group", 1);
  if (!stated.empty() && stated.size() < space.size())
    throw node.refuse("its output_shape lacks dimensions");
  if (kernels.size() != in.size() || kernels[0] != in[1] || groups < 1 || in[1] % groups != 0)
    throw node.refuse(fmt::format("weights of {} in {} groups do not fit an input of {}",
                                  graph::to_text(kernels), groups, graph::to_text(in)));
  Shape out{in[0], kernels[1] * groups};
  for (std::size_t i = 0; i < space.size(); ++i) {
    const std::int64_t whole = window.stride[i] * (space[i] - 1) + extra[i] + window.covered(i);
    if (!stated.empty())
      out.push_back(stated[stated.size() - space.size() + i]);
    else if (is_same(auto_pad(node)))
      out.push_back(space[i] * window.stride[i]);
    else
      out.push_back(whole - window.before[i] - window.after[i]);
  }
  node.output(std::move(out));
}

void pool(NodeView& node) {
  const Shape& in = node.dims(0);
  const Shape space = space_of(node, in);
  const Shape kernel = node.node().integers("kernel_shape");
  if (kernel.size() != space.size())
    throw node.refuse(
        fmt::format("its kernel has {} dimensions, its input {}", kernel.size(), space.size()));
  const bool ceil_mode = node.node().integer("ceil_mode", 0) != 0;
  const Shape rest = window_output(node, window_of(node, space, kernel), space, ceil_mode);
  Shape out{in[0], in[1]};
  out.insert(out.end(), rest.begin(), rest.end());
  node.output(0, out, node.type(0));
  if (node.node().op == "MaxPool") node.output(1, out, ElementType::kInt64);
}

/// Samples the image at the places of a grid, [batch, .., dimensions].
void grid_sample(NodeView& node) {
  Shape dims = node.dims(0);
  const Shape& grid = node.dims(1);
  if (grid.size() != dims.size() || dims.size() < 3)
    throw node.refuse(fmt::format("samples {} at {}", graph::to_text(dims), graph::to_text(grid)));
  std::copy(grid.begin() + 1, grid.end() - 1, dims.begin() + 2);
  node.output(std::move(dims));
}

void global_pool(NodeView& node) {
  Shape dims = node.dims(0);
  for (std::size_t i = 2; i < dims.size(); ++i) dims[i] = 1;
  node.output(std::move(dims));
}

/// Sizes, where they are told, else the input's times the scales.
void resize(NodeView& node) {
  const Shape dims = node.dims(0);
  const bool is_old = node.inputs() <= 2;  // Upsample, and Resize of opset 10
  const std::size_t scales_at = is_old ? 1 : 2;
  std::vector<std::int64_t> axes = node.node().integers("axes");
  if (axes.empty())
    for (std::int64_t i = 0; i < node.rank(0); ++i) axes.push_back(i);
  Shape out = dims;
  const auto place = [&](std::size_t i) {
    return static_cast<std::size_t>(node.axis(axes[i], node.rank(0)));
  };
  if (node.has(3)) {
    const std::vector<std::int64_t> sizes = node.integers(3);
    if (sizes.size() != axes.size()) throw node.refuse("tells another number of sizes");
    Shape from;
    for (std::size_t i = 0; i < axes.size(); ++i) from.push_back(dims[place(i)]);
    if (std::find(from.begin(), from.end(), 0) != from.end())
      throw node.refuse("resizes an empty tensor");
    const std::string policy = node.node().text("keep_aspect_ratio_policy", "stretch");
    const FittedSizes fitted = fitted_sizes(from, sizes, policy);
    for (std::size_t i = 0; i < axes.size(); ++i) out[place(i)] = fitted.sizes[i];
  } else {
    std::vector<double> scales;
    if (const Attribute* fixed = node.node().attribute("scales"))
      scales.assign(fixed->reals.begin(), fixed->reals.end());
    else if (const Value& value = node.input(scales_at); value.tensor)
      scales = reals_of(*value.tensor);
    if (scales.size() != axes.size()) throw node.refuse("its scales are not known");
    for (std::size_t i = 0; i < axes.size(); ++i)
      out[place(i)] = scaled_size(dims[place(i)], static_cast<float>(scales[i]));
  }
  node.output(std::move(out));
}

}  // namespace

Shape space_of(const NodeView& node, const Shape& dims) {
  if (dims.size() < 3)
    throw node.refuse(fmt::format("slides over {}, which lacks dimensions", graph::to_text(dims)));
  return {dims.begin() + 2, dims.end()};
}

WindowAttributes window_of(const NodeView& node, const Shape& space, const Shape& kernel) {
  const std::size_t count = space.size();
  if (kernel.size() != count)
    throw node.refuse(
        fmt::format("its kernel has {} dimensions, its input {}", kernel.size(), count));
  for (const std::int64_t each : kernel)
    if (each < 1) throw node.refuse(fmt::format("a kernel of {}", graph::to_text(kernel)));
  WindowAttributes window{.kernel = kernel,
                          .stride = per_dimension(node, "strides", count, 1, 1),
                          .dilation = per_dimension(node, "dilations", count, 1, 1),
                          .before = Shape(count, 0),
                          .after = Shape(count, 0)};
  const std::string padding = auto_pad(node);
  if (is_same(padding)) {
    pad_to_same(window, space, padding != "SAME_LOWER");
  } else if (padding != "VALID" && node.node().has("pads")) {
    const Shape pads = per_dimension(node, "pads", 2 * count, 0, 0);
    window.before.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(count));
    window.after.assign(pads.begin() + static_cast<std::ptrdiff_t>(count), pads.end());
  }
  return window;
}

Shape window_output(const NodeView& node, const WindowAttributes& window, const Shape& space,
                    bool ceil_mode) {
  Shape out;
  for (std::size_t i = 0; i < space.size(); ++i) {
    const std::int64_t stride = window.stride[i];
    const std::int64_t room = space[i] + window.before[i] + window.after[i] - window.covered(i);
    if (room < 0)
      throw node.refuse(fmt::format("a window of {} elements over {}", window.covered(i),
                                    space[i] + window.before[i] + window.after[i]));
    std::int64_t count = (ceil_mode ? room + stride - 1 : room) / stride + 1;
    // The last window may not start beyond the input and the padding before it.
    if (ceil_mode && (count - 1) * stride >= space[i] + window.before[i]) --count;
    out.push_back(count);
  }
  return out;
}

const Rules& window_rules() {
  static const Rules table{{"Conv", conv},
                           {"FusedConv", conv},
                           {"ConvInteger", conv_integer},
                           {"QLinearConv", qlinear_conv},
                           {"ConvTranspose", conv_transpose},
                           {"MaxPool", pool},
                           {"AveragePool", pool},
                           {"LpPool", pool},
                           {"QLinearAveragePool", pool},
                           {"GridSample", grid_sample},
                           {"GlobalMaxPool", global_pool},
                           {"GlobalAveragePool", global_pool},
                           {"GlobalLpPool", global_pool},
                           {"QLinearGlobalAveragePool", global_pool},
                           {"Resize", resize},
                           {"Upsample", resize}};
  return table;
}

}  // namespace bitloom::onnx
