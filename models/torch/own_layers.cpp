#include "models/torch/own_layers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"
#include "models/onnx/call.h"
#include "models/operators/activation.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/linear.h"
#include "models/operators/pool.h"
#include "models/operators/upsample.h"
#include "models/torch/onnx/constants.h"
#include "models/torch/onnx/weight_grid.h"
#include "models/torch/torch.h"

namespace bitloom::nn {
namespace {

using bitloom::onnx::Constant;
using bitloom::onnx::ElementType;
using integer::CodeType;
using NodeCall = bitloom::onnx::Call;

/// Why an operand has no codes.
struct NoCodes {
  std::string why;
};

/// Values that are whole multiples of a step, as a quantizer gives them.
struct InputGrid {
  double step;
  std::int64_t lowest, highest;
};

/// The fewest bits that hold codes between these.
CodeType type_between(std::int64_t lowest, std::int64_t highest) {
  for (int bits = 1; bits <= graph::kMaxBits; ++bits) {
    const CodeType type = lowest >= 0 ? integer::unsigned_codes(bits) : integer::signed_codes(bits);
    if (type.lowest() <= lowest && highest <= type.highest()) return type;
  }
  throw NoCodes{
      fmt::format("codes from {} to {} take more than {} bits", lowest, highest, graph::kMaxBits)};
}

double single(const Constant& constant, const char* what) {
  const Tensor value = onnx::value_of(constant);
  if (value.numel() != 1) throw NoCodes{fmt::format("its input has several {}s", what)};
  return value.to(torch::kFloat64).item<double>();
}

/// A zero point or a limit of codes.
std::int64_t whole(const Constant& constant, const char* what) {
  constexpr double kMost = 1LL << 32;
  const double value = single(constant, what);
  if (value != std::floor(value) || !(std::fabs(value) <= kMost))
    throw NoCodes{fmt::format("the {} of its input is no whole number", what)};
  return static_cast<std::int64_t>(value);
}

double positive(double scale, const char* whose) {
  if (!(scale > 0) || !std::isfinite(scale))
    throw NoCodes{fmt::format("its {} a scale that is no number above 0", whose)};
  return scale;
}

/// Follows the nodes of a graph from a layer's input to what quantizes it.
class InputTracer {
 public:
  explicit InputTracer(const graph::Graph& graph) : graph_(graph) {}

  InputGrid grid(graph::NodeId id) { return grid(id, 0); }

 private:
  /// A grid, or why there is none. Each node is traced once: nodes that join one value again and
  /// again have endless paths.
  struct Found {
    std::optional<InputGrid> grid;
    std::string why;
  };

  InputGrid grid(graph::NodeId id, int depth) {
    const auto known = found_.find(id);
    if (known == found_.end()) {
      Found found;
      try {
        found.grid = traced(id, depth);
      } catch (const NoCodes& none) {
        found.why = none.why;
      }
      return remember(id, found);
    }
    return given(known->second);
  }
  InputGrid remember(graph::NodeId id, const Found& found) {
    found_[id] = found;
    return given(found);
  }
  static InputGrid given(const Found& found) {
    if (!found.grid) throw NoCodes{found.why};
    return *found.grid;
  }

  InputGrid traced(graph::NodeId id, int depth) {
    constexpr int kDeepest = 64;
    const graph::Node& node = graph_.node(id);
    if (depth > kDeepest || node.op.is_input()) throw NoCodes{"its input is not quantized"};
    if (node.op.is<NodeCall>()) return of_call(node, node.op.as<NodeCall>(), depth);
    if (node.op.is<graph::Concat>()) return joined(node, depth);
    const bool moves =
        node.op.is<graph::Flatten>() || node.op.is<graph::Upsample>() ||
        (node.op.is<graph::Pool>() && node.op.as<graph::Pool>().kind == graph::PoolKind::kMax) ||
        (node.op.is<graph::Activation>() &&
         node.op.as<graph::Activation>().kind == graph::ActivationKind::kRelu);
    if (!moves) throw NoCodes{not_quantized(node)};
    return grid(node.inputs[0], depth + 1);
  }

  struct Range {
    std::int64_t lowest, highest;
  };

  static std::string not_quantized(const graph::Node& node) {
    return fmt::format("its input comes from {} '{}', which does not quantize it", node.op.name(),
                       node.name);
  }

  static const Constant* constant(const NodeCall& call, std::size_t which) {
    return which < call.operands.size() ? call.operands[which].constant.get() : nullptr;
  }
  double single_operand(const NodeCall& call, std::size_t which, const char* what) const {
    const Constant* found = constant(call, which);
    if (!found) throw NoCodes{fmt::format("the {} of its input is computed from the image", what)};
    return single(*found, what);
  }

  /// Whether a node gives the values of its first operand and no others, but 0.
  static bool moves(const NodeCall& call) {
    const bitloom::onnx::Node& node = call.node;
    if (!bitloom::onnx::moves_values(node)) return false;
    if (call.operands.empty() || !call.operands[0].is_input) return false;
    if (node.op == "Pad") return pads_with_zero(call);
    return node.op != "Cast" || (call.operands[0].type == ElementType::kFloat &&
                                 node.integer("to", 0) == static_cast<int>(ElementType::kFloat));
  }

  static bool pads_with_zero(const NodeCall& call) {
    constexpr std::size_t kValue = 2;
    if (call.operands.size() <= kValue) return call.node.real("value", 0) == 0;
    const auto& [value, is_computed, dims, type] = call.operands[kValue];
    return !is_computed && (!value || single(*value, "padding") == 0);
  }

  InputGrid of_call(const graph::Node& node, const NodeCall& call, int depth) {
    const std::string& op = call.node.op;
    if (op == "DequantizeLinear") return of_dequantized(node, call);
    if (op == "Quant" || op == "IntQuant") return of_quant(call);
    if (op == "BipolarQuant") return {single_operand(call, 1, "scale"), -1, 1};
    if (op == "Concat" && std::all_of(call.operands.begin(), call.operands.end(),
                                      [](const auto& operand) { return operand.is_input; }))
      return joined(node, depth);
    if (!moves(call)) throw NoCodes{not_quantized(node)};
    return grid(node.inputs[0], depth + 1);
  }

  InputGrid of_quant(const NodeCall& call) const {
    const auto limits = onnx::quant_limits(call.node, single_operand(call, 3, "bit width"));
    const Constant* point = constant(call, 2);
    if (!point) throw NoCodes{"the zero point of its input is computed from the image"};
    const std::int64_t zero = whole(*point, "zero point");
    return {single_operand(call, 1, "scale"), limits.least - zero, limits.most - zero};
  }

  InputGrid of_dequantized(const graph::Node& node, const NodeCall& call) const {
    const double step = single_operand(call, 1, "scale");
    if (call.operands.empty() || !call.operands[0].is_input) throw NoCodes{not_quantized(node)};
    const Range range = codes(node.inputs[0], limits(call.operands[0].type));
    const Range zero = zero_points(call);
    return {step, range.lowest - zero.highest, range.highest - zero.lowest};
  }

  static Range limits(ElementType type) {
    const auto [lowest, highest] = onnx::limits_of(type);
    return {lowest, highest};
  }

  /// One, or, where it is computed from the image, any of its type.
  static Range zero_points(const NodeCall& call) {
    const Constant* point = constant(call, 2);
    if (!point && call.operands.size() > 2 && call.operands[2].is_input)
      return limits(call.operands[2].type);
    const std::int64_t zero = point ? whole(*point, "zero point") : 0;
    return {zero, zero};
  }

  /// Which codes of a type a node can give: those between the limits of the Clips before it.
  Range codes(graph::NodeId id, Range range) const {
    constexpr int kDeepest = 64;
    for (int depth = 0; depth < kDeepest; ++depth) {
      const graph::Node& node = graph_.node(id);
      if (!node.op.is<NodeCall>()) break;
      const auto& call = node.op.as<NodeCall>();
      const bool clips =
          call.node.op == "Clip" && !call.operands.empty() && call.operands[0].is_input;
      if (!clips && !moves(call)) break;
      if (const Constant* least = constant(call, 1); clips && least)
        range.lowest = std::max(range.lowest, whole(*least, "limit"));
      if (const Constant* most = constant(call, 2); clips && most)
        range.highest = std::min(range.highest, whole(*most, "limit"));
      id = node.inputs.at(0);
    }
    return range;
  }

  InputGrid joined(const graph::Node& node, int depth) {
    std::optional<InputGrid> all;
    for (const graph::NodeId input : node.inputs) {
      const InputGrid each = grid(input, depth + 1);
      if (!all) all = each;
      if (each.step != all->step) throw NoCodes{"its input joins values on several scales"};
      all->lowest = std::min(all->lowest, each.lowest);
      all->highest = std::max(all->highest, each.highest);
    }
    if (!all) throw NoCodes{not_quantized(node)};
    return *all;
  }

  const graph::Graph& graph_;
  std::map<graph::NodeId, Found> found_;
};

/// The scale of each output channel, [out], of steps [out][..]: one where all are the same.
std::vector<double> channel_scales(const Tensor& steps) {
  const Tensor rows = steps.reshape({steps.size(0), -1}).contiguous();
  const Tensor first = rows.select(1, 0).contiguous();
  if (!(rows == first.unsqueeze(1)).all().item<bool>())
    throw NoCodes{"its weights have several scales for a channel"};
  std::vector<double> scales(first.data_ptr<double>(), first.data_ptr<double>() + first.numel());
  if (std::adjacent_find(scales.begin(), scales.end(), std::not_equal_to<>()) == scales.end())
    scales.resize(1);
  for (const double scale : scales) positive(std::fabs(scale), "weights have");
  return scales;
}

void add_weights(const bitloom::onnx::ParameterSource& source, const graph::LayerShape& shape,
                 integer::QuantizedLayer& layer) {
  std::optional<onnx::WeightGrid> grid = onnx::weight_grid(*source.constant);
  if (!grid) throw NoCodes{"its weights are not quantized"};
  if (source.is_transposed) {
    grid->codes = grid->codes.t();
    grid->steps = grid->steps.t();
  }
  layer.weight_type = grid->is_bipolar
                          ? integer::bipolar_codes()
                          : type_between(std::min<std::int64_t>(grid->lowest, -1), grid->highest);
  layer.weight_scaling = integer::scaling_of(channel_scales(grid->steps.contiguous()));
  const Tensor codes = grid->codes.contiguous().to(torch::kInt32);
  if (codes.numel() != shape.weights() || codes.size(0) != shape.out_channels)
    throw NoCodes{"its weights have another shape than its product"};
  layer.weights.assign(codes.data_ptr<std::int32_t>(),
                       codes.data_ptr<std::int32_t>() + codes.numel());
}

OwnLayer own_layer(const bitloom::onnx::Imported& network, const graph::Node& node,
                   const graph::LayerShape& shape, InputTracer& tracer) {
  OwnLayer own{.operands = {.name = shape.name,
                            .weight_type = {},
                            .weights = {},
                            .weight_scaling = {},
                            .activation_type = {},
                            .activation_scaling = {}}};
  try {
    if (!node.op.is<graph::Convolution>() && !node.op.is<graph::Linear>())
      throw NoCodes{"it is no convolution over two dimensions and no linear layer with weights"};
    if (node.op.is<graph::Convolution>() && node.shape.size() != 3)
      throw NoCodes{"it is a convolution over one dimension"};
    const InputGrid grid = tracer.grid(node.inputs[0]);
    own.operands.activation_type = type_between(grid.lowest, grid.highest);
    own.operands.activation_scaling = integer::scaling_of({positive(grid.step, "input has")});
    const std::string& owner = shape.weights_of.empty() ? node.name : shape.weights_of;
    add_weights(network.parameters.at(owner + ".weight"), shape, own.operands);
  } catch (const NoCodes& none) {
    own.why_not = none.why;
  } catch (const UserError& error) {
    if (error.kind() == UserError::Kind::kResource) throw;
    own.why_not = error.what();
  }
  return own;
}

}  // namespace

std::vector<OwnLayer> own_layers(const bitloom::onnx::Imported& network) {
  const std::vector<graph::LayerShape> shapes = graph::layers_of(network.graph);
  std::vector<OwnLayer> layers;
  InputTracer tracer(network.graph);
  for (const graph::Node& node : network.graph.nodes())
    if (node.op.is_layer())
      layers.push_back(own_layer(network, node, shapes[layers.size()], tracer));
  return layers;
}

}  // namespace bitloom::nn
