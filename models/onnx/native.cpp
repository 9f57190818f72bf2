#include "models/onnx/native.h"

#include <algorithm>
#include <map>

#include "models/onnx/inference/window_attributes.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/linear.h"
#include "models/operators/pool.h"
#include "models/operators/softmax.h"
#include "models/operators/upsample.h"

namespace bitloom::onnx {
namespace {

using graph::Extent;

/// A step whose node is compared with models/operators.
struct NativeView {
  const Flow& flow;
  const Step& step;
  const ConstantOf& constant_of;

  const Node& node() const { return step.node; }
  bool has(std::size_t which) const { return flow.has_input(step, which); }
  const Value& input(std::size_t which) const { return flow.input(step, which); }
  bool is_constant(std::size_t which) const {
    return has(which) && input(which).is_constant && input(which).dims;
  }
  bool is_data(std::size_t which) const {
    return has(which) && !input(which).is_constant && input(which).dims;
  }
  const Shape& dims(std::size_t which) const { return *input(which).dims; }
  const std::optional<Shape>& result() const { return flow.values[step.outputs.at(0)].dims; }
  /// [1, channels, height, width] of numbers that are computed with.
  bool is_image(std::size_t which) const {
    return is_data(which) && dims(which).size() == 4 && dims(which)[0] == 1 &&
           input(which).type == ElementType::kFloat;
  }
  /// [1, channels, length] of such numbers.
  bool is_line(std::size_t which) const {
    return is_data(which) && dims(which).size() == 3 && dims(which)[0] == 1 &&
           input(which).type == ElementType::kFloat;
  }
  Extent extent(std::size_t which) const { return {dims(which)[2], dims(which)[3]}; }
  /// The number that a constant input is; `otherwise` where it is left out, nothing where it is no
  /// known number.
  std::optional<double> number(std::size_t which, double otherwise) const {
    if (!has(which)) return otherwise;
    const Value& value = input(which);
    if (!value.tensor || value.tensor->size() != 1) return std::nullopt;
    return reals_of(*value.tensor).front();
  }
};

using Found = std::optional<Native>;

Found relu(const NativeView& view) {
  if (!view.is_data(0)) return {};
  return Native{graph::Activation{graph::ActivationKind::kRelu}};
}

Found clip(const NativeView& view) {
  if (!view.is_data(0)) return {};
  const Node& node = view.node();
  const auto least = view.number(1, node.real("min", -1));
  const auto most = view.number(2, node.real("max", -1));
  if (least != 0 || most != 6) return {};
  return Native{graph::Activation{graph::ActivationKind::kRelu6}};
}

Found add(const NativeView& view) {
  const std::size_t count = view.step.inputs.size();
  Native native{graph::Add{}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    if (!view.is_data(i) || view.dims(i) != view.dims(0)) return {};
    native.inputs.push_back(i);
  }
  return count >= 2 ? Found(native) : Found();
}

Found batch_norm(const NativeView& view) {
  const Node& node = view.node();
  const bool infers = node.integer("training_mode", 0) == 0 && view.step.outputs.size() == 1;
  const bool is_features = view.is_data(0) && view.dims(0).size() == 2 && view.dims(0)[0] == 1 &&
                           view.input(0).type == ElementType::kFloat;
  if (!(view.is_image(0) || view.is_line(0) || is_features) || !infers ||
      node.integer("spatial", 1) == 0)
    return {};
  Native native{graph::BatchNorm{static_cast<double>(node.real("epsilon", 1e-5F))}};
  const char* const suffixes[] = {".weight", ".bias", ".running_mean", ".running_var"};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!view.is_constant(i + 1)) return {};
    native.parameters.push_back({suffixes[i], {view.constant_of(i + 1)}});
  }
  return native;
}

Found concat(const NativeView& view) {
  const std::int64_t axis = view.node().integer("axis", 1);
  if (axis != 1 && axis != -3) return {};
  Native native{graph::Concat{}, {}};
  for (std::size_t i = 0; i < view.step.inputs.size(); ++i) {
    if (!view.is_image(i)) return {};
    native.inputs.push_back(i);
  }
  return native;
}

/// The window of a node over an image or a line; nothing where the node's attributes are none.
std::optional<graph::Window> window_of(const NativeView& view, const Shape& kernel) {
  const NodeView node(view.node(), {&view.input(0)}, {});
  try {
    const Shape& in = view.dims(0);
    const WindowAttributes found = onnx::window_of(node, Shape(in.begin() + 2, in.end()), kernel);
    if (kernel.size() == 1)
      return graph::Window{.kernel = {1, found.kernel[0]},
                           .stride = {1, found.stride[0]},
                           .padding = {0, found.before[0], 0, found.after[0]},
                           .dilation = {1, found.dilation[0]}};
    return graph::Window{
        .kernel = {found.kernel[0], found.kernel[1]},
        .stride = {found.stride[0], found.stride[1]},
        .padding = {found.before[0], found.before[1], found.after[0], found.after[1]},
        .dilation = {found.dilation[0], found.dilation[1]}};
  } catch (const Unknown&) {
    return std::nullopt;
  }
}

Found convolution(const NativeView& view) {
  const bool is_read = view.is_image(0) || view.is_line(0);
  if (!is_read || !view.is_constant(1) || (view.has(2) && !view.is_constant(2))) return {};
  const Shape& weights = view.dims(1);
  if (weights.size() != view.dims(0).size()) return {};
  const auto window = window_of(view, Shape(weights.begin() + 2, weights.end()));
  if (!window) return {};
  Native native{graph::Convolution{.out_channels = weights[0],
                                   .window = *window,
                                   .groups = view.node().integer("group", 1),
                                   .bias = view.has(2)}};
  native.parameters.push_back({".weight", {view.constant_of(1)}});
  if (view.has(2)) native.parameters.push_back({".bias", {view.constant_of(2)}});
  return native;
}

Found pool(const NativeView& view, graph::PoolKind kind) {
  const Shape kernel = view.node().integers("kernel_shape");
  if (!view.is_image(0) || kernel.size() != 2) return {};
  const auto window = window_of(view, kernel);
  if (!window) return {};
  const bool rounds_up = view.node().integer("ceil_mode", 0) != 0;
  const graph::Padding& pad = window->padding;
  // What LibTorch's pools cannot say: a mean under a dilated window, and the last window of one
  // that is padded more behind than in front.
  const bool is_dilated = window->dilation != Extent{};
  const bool is_uneven = pad.top != pad.bottom || pad.left != pad.right;
  if ((kind == graph::PoolKind::kAverage && is_dilated) || (rounds_up && is_uneven)) return {};
  return Native{graph::Pool{.kind = kind,
                            .window = *window,
                            .ceil_mode = rounds_up,
                            .count_padding = view.node().integer("count_include_pad", 0) != 0}};
}

Found max_pool(const NativeView& view) {
  if (view.step.outputs.size() > 1) return {};
  return pool(view, graph::PoolKind::kMax);
}

Found average_pool(const NativeView& view) { return pool(view, graph::PoolKind::kAverage); }

Found global_average_pool(const NativeView& view) {
  return view.is_image(0) ? Found(Native{graph::GlobalAveragePool{}}) : Found();
}

/// Flatten, Reshape and Squeeze of an image, or of what has other dimensions, to its values.
Found flatten(const NativeView& view) {
  if (!view.is_data(0) || !view.result() || view.input(0).type != ElementType::kFloat) return {};
  const Shape& in = view.dims(0);
  if (in.size() < 2 || in[0] != 1 || *view.result() != Shape{1, graph::size_of(in)}) return {};
  return Native{graph::Flatten{}};
}

/// Y = x W^T + b: weights as PyTorch has them, or transposed.
Found linear(const NativeView& view, bool is_transposed, bool bias) {
  const bool fits = view.is_data(0) && view.is_constant(1) && view.dims(1).size() == 2 &&
                    view.dims(0).size() >= 2 && view.input(0).type == ElementType::kFloat;
  if (!fits) return {};
  const Shape& weights = view.dims(1);
  const std::int64_t features = weights[is_transposed ? 1 : 0];
  Native native{graph::Linear{.out_features = features, .bias = bias, .by_rows = true}};
  native.parameters.push_back({".weight", {view.constant_of(1), is_transposed}});
  if (bias) native.parameters.push_back({".bias", {view.constant_of(2)}});
  return native;
}

/// {count} or {1, count}.
bool is_row(const Shape& dims, std::int64_t count) {
  return !dims.empty() && dims.size() <= 2 && dims.back() == count && graph::size_of(dims) == count;
}

Found gemm(const NativeView& view) {
  const Node& node = view.node();
  const bool is_plain = node.integer("transA", 0) == 0 && node.real("alpha", 1) == 1 &&
                        (!view.has(2) || node.real("beta", 1) == 1);
  if (!is_plain || !view.is_constant(1) || !view.input(1).dims) return {};
  const bool is_transposed = node.integer("transB", 0) == 0;
  const bool has_bias = view.has(2);
  const bool bias_fits = !has_bias || (view.is_constant(2) && view.result() &&
                                       is_row(view.dims(2), view.result()->back()));
  return bias_fits ? linear(view, is_transposed, has_bias) : Found();
}

Found matmul(const NativeView& view) { return linear(view, true, false); }

Found softmax(const NativeView& view) {
  if (!view.is_data(0)) return {};
  const auto rank = static_cast<std::int64_t>(view.dims(0).size());
  const std::int64_t axis = view.node().integer("axis", view.node().opset < 13 ? 1 : -1);
  const bool is_last = axis == -1 || axis == rank - 1;
  return is_last && rank >= 2 && view.dims(0)[0] == 1 ? Found(Native{graph::Softmax{}}) : Found();
}

/// Output row y is input row floor(y * input / output).
Found resize(const NativeView& view) {
  const Node& node = view.node();
  const bool is_upsample = node.op == "Upsample" || node.opset < 11;
  const bool floors =
      is_upsample || (node.text("coordinate_transformation_mode", "half_pixel") == "asymmetric" &&
                      node.text("nearest_mode", "round_prefer_floor") == "floor");
  if (!view.is_image(0) || !view.result() || view.result()->size() != 4 || !floors ||
      node.text("mode", "nearest") != "nearest")
    return {};
  const Extent in = view.extent(0);
  const Extent out{(*view.result())[2], (*view.result())[3]};
  const bool is_whole = (*view.result())[1] == view.dims(0)[1] && (*view.result())[0] == 1;
  if (!is_whole || out.height % in.height != 0 || out.width % in.width != 0) return {};
  // Scales that are no ratio of the sizes round otherwise.
  const Value* scales = view.has(2)                  ? &view.input(2)
                        : view.has(1) && is_upsample ? &view.input(1)
                                                     : nullptr;
  if (scales && scales->tensor && scales->tensor->size() == 4) {
    const std::vector<double> given = reals_of(*scales->tensor);
    if (given[2] * static_cast<double>(in.height) != static_cast<double>(out.height) ||
        given[3] * static_cast<double>(in.width) != static_cast<double>(out.width))
      return {};
  }
  return Native{graph::Upsample{out}};
}

using NativeFinder = Found (*)(const NativeView& view);

}  // namespace

std::optional<Native> native_of(const Flow& flow, const Step& step, const ConstantOf& constant_of) {
  static const std::map<std::string, NativeFinder, std::less<>> table{
      {"Relu", relu},
      {"Clip", clip},
      {"Add", add},
      {"Sum", add},
      {"BatchNormalization", batch_norm},
      {"Concat", concat},
      {"Conv", convolution},
      {"MaxPool", max_pool},
      {"AveragePool", average_pool},
      {"GlobalAveragePool", global_average_pool},
      {"Flatten", flatten},
      {"Reshape", flatten},
      {"Squeeze", flatten},
      {"Gemm", gemm},
      {"MatMul", matmul},
      {"Softmax", softmax},
      {"Resize", resize},
      {"Upsample", resize}};
  // Operands fit each other where the shape of the result is known.
  const auto is_filled = [&](const std::optional<Shape>& dims) {
    return dims && std::all_of(dims->begin(), dims->end(), [](std::int64_t d) { return d >= 1; });
  };
  if (!step.node.domain.empty() || step.outputs.empty() || !flow.has_input(step, 0) ||
      !is_filled(flow.values[step.outputs[0]].dims) || !is_filled(flow.input(step, 0).dims))
    return std::nullopt;
  const auto found = table.find(step.node.op);
  if (found == table.end()) return std::nullopt;
  return found->second(NativeView{flow, step, constant_of});
}

namespace {

/// Whether a Pad adds nothing, as PyTorch puts it before average pools.
bool pads_nothing(const Flow& flow, const Step& step) {
  std::vector<std::int64_t> pads = step.node.integers("pads");
  if (flow.has_input(step, 1)) {
    const Value& value = flow.input(step, 1);
    if (!value.tensor) return false;
    pads = integers_of(*value.tensor);
  }
  return !pads.empty() && std::all_of(pads.begin(), pads.end(), [](auto pad) { return pad == 0; });
}

}  // namespace

bool gives_its_input(const Flow& flow, const Step& step) {
  if (!flow.has_input(step, 0) || flow.input(step, 0).is_constant) return false;
  const std::string& op = step.node.op;
  if (op == "Identity") return true;
  if (op == "Dropout") return step.outputs.size() == 1;
  if (op == "Pad") return pads_nothing(flow, step);
  return op == "Cast" &&
         static_cast<ElementType>(step.node.integer("to", 0)) == flow.input(step, 0).type;
}

}  // namespace bitloom::onnx
