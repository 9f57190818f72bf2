#include "models/graph/shape_inference.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::graph {
namespace {

// Keeps products such as channels * height * width * kernel far from overflow.
constexpr std::int64_t kMostPerDimension = 1 << 20;

Extent extent_of(const Shape& shape) { return {shape[1], shape[2]}; }

void require_image(const Shape& shape) {
  if (shape.size() != 3)
    throw UserError(fmt::format("takes {{channels, height, width}}, got {}", to_text(shape)));
}

void require_dimension(std::int64_t value, std::string_view what) {
  if (value < 1 || value > kMostPerDimension)
    throw UserError(fmt::format("{} must be in [1, {}], got {}", what, kMostPerDimension, value));
}

std::int64_t same_padding(std::int64_t in, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation) {
  const std::int64_t out = ceil_div(in, stride);
  return std::max<std::int64_t>(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - in);
}

std::int64_t window_count(std::int64_t in, std::int64_t before, std::int64_t after,
                          std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                          bool ceil_mode) {
  const std::int64_t span = in + before + after - dilation * (kernel - 1) - 1;
  if (span < 0)
    throw UserError(fmt::format("window of {} does not fit into {} rows or columns with padding",
                                dilation * (kernel - 1) + 1, in + before + after));
  std::int64_t count = (ceil_mode ? ceil_div(span, stride) : span / stride) + 1;
  if (ceil_mode && (count - 1) * stride >= in + before) --count;
  return count;
}

void check(const Window& window) {
  require_dimension(window.kernel.height, "kernel height");
  require_dimension(window.kernel.width, "kernel width");
  require_dimension(window.stride.height, "stride");
  require_dimension(window.stride.width, "stride");
  require_dimension(window.dilation.height, "dilation");
  require_dimension(window.dilation.width, "dilation");
  const Padding& p = window.padding;
  if (std::min({p.top, p.left, p.bottom, p.right}) < 0 ||
      std::max({p.top, p.left, p.bottom, p.right}) > kMostPerDimension)
    throw UserError(fmt::format("padding must be in [0, {}]", kMostPerDimension));
}

struct Inference {
  const std::vector<Shape>& inputs;

  const Shape& only() const {
    if (inputs.size() != 1) throw UserError(fmt::format("takes one input, got {}", inputs.size()));
    return inputs[0];
  }

  const Shape& only_image() const {
    require_image(only());
    return only();
  }

  Shape operator()(const Input& op) const {
    if (!inputs.empty()) throw UserError("an input node takes no inputs");
    if (op.shape.size() != 1 && op.shape.size() != 3)
      throw UserError("shape must be {channels, height, width} or {features}");
    for (const std::int64_t dimension : op.shape) require_dimension(dimension, "input dimension");
    return op.shape;
  }

  Shape operator()(const Convolution& op) const {
    const Shape& in = only_image();
    check(op.window);
    require_dimension(op.out_channels, "output channels");
    require_dimension(op.groups, "groups");
    if (in[0] % op.groups != 0 || op.out_channels % op.groups != 0)
      throw UserError(fmt::format("{} groups must divide {} input and {} output channels",
                                  op.groups, in[0], op.out_channels));
    const Extent out = window_output(op.window, extent_of(in));
    return {op.out_channels, out.height, out.width};
  }

  Shape operator()(const Linear& op) const {
    if (only().size() != 1)
      throw UserError(fmt::format("takes {{features}}, got {}: flatten it first", to_text(only())));
    require_dimension(op.out_features, "output features");
    return {op.out_features};
  }

  Shape operator()(const BatchNorm&) const { return only(); }
  Shape operator()(const Activation&) const { return only(); }

  Shape operator()(const Pool& op) const {
    const Shape& in = only_image();
    check(op.window);
    const Extent out = window_output(op.window, extent_of(in), op.ceil_mode);
    return {in[0], out.height, out.width};
  }

  Shape operator()(const GlobalAveragePool&) const { return {only_image()[0], 1, 1}; }

  Shape operator()(const Upsample& op) const {
    const Shape& in = only_image();
    require_dimension(op.size.height, "height");
    require_dimension(op.size.width, "width");
    if (op.size.height < in[1] || op.size.width < in[2])
      throw UserError(
          fmt::format("cannot shrink {} to {}x{}", to_text(in), op.size.height, op.size.width));
    return {in[0], op.size.height, op.size.width};
  }

  Shape operator()(const Add&) const {
    if (inputs.size() < 2) throw UserError("takes two inputs or more");
    for (const Shape& shape : inputs)
      if (shape != inputs[0])
        throw UserError(fmt::format("adds {} to {}", to_text(shape), to_text(inputs[0])));
    return inputs[0];
  }

  Shape operator()(const Concat&) const {
    if (inputs.empty()) throw UserError("takes one input or more");
    for (const Shape& shape : inputs) {
      require_image(shape);
      if (extent_of(shape) != extent_of(inputs[0]))
        throw UserError(fmt::format("joins {} to {}", to_text(shape), to_text(inputs[0])));
    }
    Shape joined = inputs[0];
    for (std::size_t i = 1; i < inputs.size(); ++i) joined[0] += inputs[i][0];
    return joined;
  }

  Shape operator()(const Flatten&) const {
    std::int64_t features = 1;
    for (const std::int64_t dimension : only()) features *= dimension;
    return {features};
  }

  Shape operator()(const PaddedSubsample& op) const {
    const Shape& in = only_image();
    require_dimension(op.stride, "stride");
    return {in[0] + op.channels_before + op.channels_after, ceil_div(in[1], op.stride),
            ceil_div(in[2], op.stride)};
  }
};

}  // namespace

Padding resolved_padding(const Window& window, Extent input) {
  if (!window.padding.is_same) return window.padding;
  const std::int64_t rows = same_padding(input.height, window.kernel.height, window.stride.height,
                                         window.dilation.height);
  const std::int64_t columns =
      same_padding(input.width, window.kernel.width, window.stride.width, window.dilation.width);
  return {rows / 2, columns / 2, rows - rows / 2, columns - columns / 2};
}

Extent window_output(const Window& window, Extent input, bool ceil_mode) {
  const Padding padding = resolved_padding(window, input);
  return {window_count(input.height, padding.top, padding.bottom, window.kernel.height,
                       window.stride.height, window.dilation.height, ceil_mode),
          window_count(input.width, padding.left, padding.right, window.kernel.width,
                       window.stride.width, window.dilation.width, ceil_mode)};
}

std::string to_text(const Shape& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

Shape infer_shape(const Operator& op, const std::vector<Shape>& inputs) {
  return std::visit(Inference{inputs}, op);
}

}  // namespace bitloom::graph
