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

void broadcast_of_first_type(NodeView& node) { node.output(broadcast_all(node)); }
void comparison(NodeView& node) { node.output(0, broadcast_all(node), ElementType::kBool); }
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

/// Normalisations that also give what they normalised by.
void norm(NodeView& node) { node.output(node.dims(0)); }

void skip_norm(NodeView& node) {
  node.output(0, node.dims(0), node.type(0));
  node.output(3, node.dims(0), node.type(0));
}

Rules elementwise_rows() {
  Rules rules;
  for (const char* op : {"Abs",
                         "Acos",
                         "Acosh",
                         "Asin",
                         "Asinh",
                         "Atan",
                         "Atanh",
                         "Bernoulli",
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
                         "HardSigmoid",
                         "HardSwish",
                         "Hardmax",
                         "Identity",
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
                         "QLinearSigmoid",
                         "Quant",
                         "QuickGelu",
                         "RandomNormalLike",
                         "RandomUniformLike",
                         "Reciprocal",
                         "Relu",
                         "ReverseSequence",
                         "RotaryEmbedding",
                         "Round",
                         "ScaledTanh",
                         "ScatterElements",
                         "ScatterND",
                         "Scatter",
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
                         "Trunc"})
    rules.push_back({op, as_first});
  for (const char* op : {"BatchNormalization", "GroupNormalization", "InstanceNormalization",
                         "LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization"})
    rules.push_back({op, norm});
  for (const char* op :
       {"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Sum", "Mean", "And", "Or", "Xor",
        "PRelu", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"})
    rules.push_back({op, broadcast_of_first_type});
  for (const char* op : {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"})
    rules.push_back({op, comparison});
  for (const char* op : {"Not", "IsNaN", "IsInf"}) rules.push_back({op, truth});
  const Rules others{{"Where", where},
                     {"Cast", cast},
                     {"CastLike", cast_like},
                     {"QuantizeLinear", quantize},
                     {"DequantizeLinear", dequantize},
                     {"DynamicQuantizeLinear", dynamic_quantize},
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
