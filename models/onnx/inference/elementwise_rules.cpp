#include <algorithm>

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {
namespace {

/// The shape and type of the first input.
void as_first(NodeView& node) { node.output(node.dims(0)); }

/// The same shape for every output: masks of Dropout, running statistics of norms are not told
/// apart, as nothing with products reads them.
void as_first_of_type(NodeView& node, ElementType type) { node.output(0, node.dims(0), type); }

void truth(NodeView& node) { as_first_of_type(node, ElementType::kBool); }

Shape broadcast_all(NodeView& node) {
  Shape dims = node.dims(0);
  for (std::size_t i = 1; i < node.inputs(); ++i) dims = broadcast(node, dims, node.dims(i));
  return dims;
}

/// Before opset 7 the second operand was fitted to the first, at an axis.
Shape fitted(NodeView& node) {
  const std::int64_t opset = node.node().opset;
  const bool to_first = opset > 0 && opset < 7 && node.node().integer("broadcast", 0) != 0;
  return to_first ? node.dims(0) : broadcast_all(node);
}

void arithmetic(NodeView& node) { node.output(fitted(node)); }
void comparison(NodeView& node) { node.output(0, fitted(node), ElementType::kBool); }
/// Codes of com.microsoft: each operand with its scale and zero point behind it.
void codes_arithmetic(NodeView& node) { node.output(broadcast(node, node.dims(0), node.dims(3))); }

void where(NodeView& node) { node.output(0, broadcast_all(node), node.type(1)); }

void cast(NodeView& node) {
  as_first_of_type(node, static_cast<ElementType>(node.node().integer("to", 1)));
}

void cast_like(NodeView& node) { as_first_of_type(node, node.type(1)); }

void quantize(NodeView& node) {
  const auto stated = static_cast<ElementType>(node.node().integer("output_dtype", 0));
  const bool has_zero = node.has(2);
  as_first_of_type(node, has_zero                            ? node.type(2)
                         : stated != ElementType::kUndefined ? stated
                                                             : ElementType::kUint8);
}

void dequantize(NodeView& node) { as_first_of_type(node, node.type(1)); }

void dynamic_quantize(NodeView& node) {
  node.output(0, node.dims(0), ElementType::kUint8);
  node.output(1, {}, ElementType::kFloat);
  node.output(2, {}, ElementType::kUint8);
}

void dropout(NodeView& node) {
  node.output(0, node.dims(0), node.type(0));
  node.output(1, node.dims(0), ElementType::kBool);
}

/// A layer norm also tells mean and deviation of what it normalised: the dimensions from `axis` on.
void layer_norm(NodeView& node) {
  Shape dims = node.dims(0);
  node.output(dims);
  const auto axis = node.axis(node.node().integer("axis", -1), node.rank(0));
  std::fill(dims.begin() + axis, dims.end(), 1);
  node.output(1, dims, ElementType::kFloat);
  node.output(2, dims, ElementType::kFloat);
}

/// In training it also gives the new running statistics.
void batch_norm_rule(NodeView& node) {
  node.output(node.dims(0));
  for (std::size_t i = 1; i < node.outputs() && node.has(i + 2); ++i)
    node.output(i, node.dims(i + 2), node.type(i + 2));
}

/// Of the type that the node states, else its input's.
void as_first_of_stated_type(NodeView& node) {
  const auto stated = static_cast<ElementType>(node.node().integer("dtype", 0));
  as_first_of_type(node, stated == ElementType::kUndefined ? node.type(0) : stated);
}

void skip_norm(NodeView& node) {
  node.output(0, node.dims(0), node.type(0));
  node.output(3, node.dims(0), node.type(0));
}

Rules elementwise_rows() {
  Rules rules;
  constexpr const char* kAsFirst[] = {"Abs",
                                      "Acos",
                                      "Acosh",
                                      "Asin",
                                      "Asinh",
                                      "Atan",
                                      "Atanh",
                                      "BiasGelu",
                                      "BipolarQuant",
                                      "BitwiseNot",
                                      "Ceil",
                                      "Celu",
                                      "Clip",
                                      "Cos",
                                      "Cosh",
                                      "CumSum",
                                      "Elu",
                                      "Erf",
                                      "Exp",
                                      "FastGelu",
                                      "FloatQuant",
                                      "Floor",
                                      "Gelu",
                                      "GroupNormalization",
                                      "HardSigmoid",
                                      "HardSwish",
                                      "Hardmax",
                                      "Identity",
                                      "InstanceNormalization",
                                      "IntQuant",
                                      "LRN",
                                      "LeakyRelu",
                                      "Log",
                                      "LogSoftmax",
                                      "LpNormalization",
                                      "MeanVarianceNormalization",
                                      "Mish",
                                      "MultiThreshold",
                                      "Neg",
                                      "PRelu",
                                      "QLinearLeakyRelu",
                                      "QLinearSigmoid",
                                      "QLinearSoftmax",
                                      "Quant",
                                      "QuickGelu",
                                      "RMSNormalization",
                                      "Reciprocal",
                                      "Relu",
                                      "ReverseSequence",
                                      "RotaryEmbedding",
                                      "Round",
                                      "ScaledTanh",
                                      "Scatter",
                                      "ScatterElements",
                                      "ScatterND",
                                      "Selu",
                                      "Shrink",
                                      "Sigmoid",
                                      "Sign",
                                      "Sin",
                                      "Sinh",
                                      "Softmax",
                                      "Softplus",
                                      "Softsign",
                                      "Sqrt",
                                      "Swish",
                                      "Tan",
                                      "Tanh",
                                      "ThresholdedRelu",
                                      "Trilu",
                                      "Trunc"};
  for (const char* op : kAsFirst) rules.push_back({op, as_first});
  for (const char* op : {"LayerNormalization", "SimplifiedLayerNormalization"})
    rules.push_back({op, layer_norm});
  for (const char* op : {"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Sum", "Mean",
                         "And", "Or", "Xor", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"})
    rules.push_back({op, arithmetic});
  for (const char* op : {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"})
    rules.push_back({op, comparison});
  for (const char* op : {"Not", "IsNaN", "IsInf"}) rules.push_back({op, truth});
  const Rules others{{"Where", where},
                     {"QLinearAdd", codes_arithmetic},
                     {"QLinearMul", codes_arithmetic},
                     {"Cast", cast},
                     {"CastLike", cast_like},
                     {"QuantizeLinear", quantize},
                     {"DequantizeLinear", dequantize},
                     {"DynamicQuantizeLinear", dynamic_quantize},
                     {"BatchNormalization", batch_norm_rule},
                     {"Bernoulli", as_first_of_stated_type},
                     {"EyeLike", as_first_of_stated_type},
                     {"RandomNormalLike", as_first_of_stated_type},
                     {"RandomUniformLike", as_first_of_stated_type},
                     {"Dropout", dropout},
                     {"SkipLayerNormalization", skip_norm},
                     {"SkipSimplifiedLayerNormalization", skip_norm}};
  rules.insert(rules.end(), others.begin(), others.end());
  return rules;
}

}  // namespace

const Rules& elementwise_rules() {
  static const Rules table = elementwise_rows();
  return table;
}

}  // namespace bitloom::onnx
