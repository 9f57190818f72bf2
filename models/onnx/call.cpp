#include "models/onnx/call.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace bitloom::onnx {
namespace {

constexpr std::array kNeverNegative{std::string_view("Abs"),         std::string_view("Exp"),
                                    std::string_view("HardSigmoid"), std::string_view("Relu"),
                                    std::string_view("Sigmoid"),     std::string_view("Softmax"),
                                    std::string_view("Sqrt"),        std::string_view("Softplus"),
                                    std::string_view("ReduceL1"),    std::string_view("ReduceL2")};

constexpr std::array kAsInputs{
    std::string_view("AveragePool"),   std::string_view("Cast"),
    std::string_view("Concat"),        std::string_view("DepthToSpace"),
    std::string_view("Dropout"),       std::string_view("Expand"),
    std::string_view("Flatten"),       std::string_view("GlobalAveragePool"),
    std::string_view("GlobalMaxPool"), std::string_view("Identity"),
    std::string_view("MaxPool"),       std::string_view("ReduceMax"),
    std::string_view("ReduceMean"),    std::string_view("ReduceMin"),
    std::string_view("ReduceSum"),     std::string_view("Reshape"),
    std::string_view("Slice"),         std::string_view("SpaceToDepth"),
    std::string_view("Split"),         std::string_view("Squeeze"),
    std::string_view("Tile"),          std::string_view("Transpose"),
    std::string_view("Unsqueeze")};

constexpr std::array kRound{std::string_view("Quant"), std::string_view("IntQuant"),
                            std::string_view("BipolarQuant"), std::string_view("QuantizeLinear"),
                            std::string_view("DequantizeLinear")};

/// Whose products are of their first two inputs.
constexpr std::array kOfTwoInputs{
    std::string_view("MatMul"),          std::string_view("Gemm"),
    std::string_view("Einsum"),          std::string_view("Conv"),
    std::string_view("FusedMatMul"),     std::string_view("FusedGemm"),
    std::string_view("TransposeMatMul"), std::string_view("FusedConv"),
    std::string_view("ConvTranspose")};

constexpr std::array kMovers{std::string_view("Identity"),     std::string_view("Reshape"),
                             std::string_view("Flatten"),      std::string_view("Squeeze"),
                             std::string_view("Unsqueeze"),    std::string_view("Transpose"),
                             std::string_view("MaxPool"),      std::string_view("Slice"),
                             std::string_view("Split"),        std::string_view("Pad"),
                             std::string_view("Dropout"),      std::string_view("Gather"),
                             std::string_view("Expand"),       std::string_view("Relu"),
                             std::string_view("DepthToSpace"), std::string_view("Cast"),
                             std::string_view("SpaceToDepth"), std::string_view("Tile"),
                             std::string_view("Im2Col"),       std::string_view("Resize")};

template <std::size_t count>
bool holds(const std::array<std::string_view, count>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool moves_values(const Node& node) {
  return holds(kMovers, node.op) &&
         (node.op != "Resize" || node.text("mode", "nearest") == "nearest");
}

bool Call::rounds() const { return holds(kRound, node.op); }

Shape graph_shape(const Shape& dims) {
  if (dims.empty()) return {1};
  return dims.size() > 1 && dims.front() == 1 ? Shape(dims.begin() + 1, dims.end()) : dims;
}

graph::Sign Call::sign() const {
  if (holds(kNeverNegative, node.op)) return graph::Sign::kNeverNegative;
  if (rounds() && node.op != "BipolarQuant") return graph::Sign::kAsInputs;
  if (holds(kAsInputs, node.op)) {
    // A constant beside the inputs, such as one that is joined to them, may be negative.
    const bool joins =
        node.op == "Concat" &&
        std::any_of(operands.begin(), operands.end(), [](const Operand& o) { return !o.is_input; });
    return joins ? graph::Sign::kAny : graph::Sign::kAsInputs;
  }
  if ((node.op == "Add" || node.op == "Mul" || node.op == "Max" || node.op == "Div") &&
      std::all_of(operands.begin(), operands.end(), [](const Operand& o) { return o.is_input; }))
    return graph::Sign::kAsInputs;
  return graph::Sign::kAny;
}

namespace {

/// The first reason of a table that holds.
struct Reason {
  bool holds;
  std::string text;
};
std::string first_of(const std::vector<Reason>& reasons) {
  const auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [](const Reason& reason) { return reason.holds; });
  return found == reasons.end() ? "quantizers do not take this operator's weights" : found->text;
}

/// Of a Conv or a product of matrices, which are quantized in their plain forms.
std::string why_not_plain(const Node& node, const std::vector<Operand>& operands) {
  const auto dims = [&](std::size_t which) {
    return which < operands.size() && operands[which].is_input
               ? operands[which].dims.value_or(Shape{})
               : Shape{};
  };
  const auto is_computed = [&](std::size_t which) {
    return which < operands.size() && operands[which].is_input;
  };
  const auto is_row = [](const Shape& bias) {
    return bias.size() == 1 || (bias.size() == 2 && bias[0] == 1);
  };
  const auto bias_dims = [&] {
    const bool has_one = operands.size() > 2 && operands[2].constant;
    return has_one ? operands[2].constant->dims.value_or(Shape{}) : Shape{0};
  };
  const Reason is_no_float{operands.at(0).is_input && operands[0].type != ElementType::kFloat,
                           "its input is of other numbers than float32, which alone are quantized"};
  if (node.op == "Conv") {
    const std::size_t rank = dims(0).size();
    const std::string over = fmt::format(
        "it is a convolution over {} dimensions, and those over one or two are quantized",
        rank < 3 ? 0 : rank - 2);
    return first_of({is_no_float,
                     {rank != 3 && rank != 4, over},
                     {!dims(0).empty() && dims(0)[0] != 1, "it reads several images at once"},
                     {is_computed(1), "its weights are computed from the input"},
                     {is_computed(2), "its bias is computed from the input"}});
  }
  if (node.op == "Gemm")
    return first_of({is_no_float,
                     {node.integer("transA", 0) != 0, "it transposes its input (transA)"},
                     {node.real("alpha", 1) != 1, "it scales its product (alpha is not 1)"},
                     {node.real("beta", 1) != 1, "it scales its bias (beta is not 1)"},
                     {!operands.at(0).is_input, "its weights stand first"},
                     {is_computed(2), "its bias is computed from the input"},
                     {!is_row(bias_dims()), "its bias is no row of one number an output"}});
  return first_of({is_no_float,
                   {!operands.at(0).is_input, "its weights stand first"},
                   {operands.size() > 1 && operands[1].constant &&
                        operands[1].constant->dims.value_or(Shape{}).size() != 2,
                    "its weights are several matrices, or a vector"}});
}

}  // namespace

std::string ProductCall::why_no_weights() const {
  if (product.second == graph::SecondOperand::kActivation) return "it multiplies two activations";
  const std::string& op = call.node.op;
  if (op == "Conv" || op == "Gemm" || op == "MatMul")
    return why_not_plain(call.node, call.operands);
  if (op == "ConvTranspose") return "a transposed convolution is not quantized";
  if (op == "LSTM" || op == "GRU" || op == "RNN") return "a recurrence is not quantized";
  return first_of({});
}

namespace {

/// Of a node whose products are of its first two inputs.
std::string why_not_two_inputs(const Call& call) {
  const auto is_input = [&](std::size_t which) {
    return which < call.operands.size() && call.operands[which].is_input;
  };
  const auto is_float = [&](std::size_t which) {
    return call.operands[which].type == ElementType::kFloat;
  };
  if (!is_input(0) || !is_input(1)) return "an operand of its products is a constant";
  return is_float(0) && is_float(1)
             ? ""
             : "its operands are other numbers than float32, which alone are quantized";
}

}  // namespace

bool ProductCall::is_attention() const {
  const Node& node = call.node;
  if (node.domain.empty()) return node.op == "Attention";
  return node.op == "MultiHeadAttention" || node.op == "GroupQueryAttention";
}

bool ProductCall::has_images(std::size_t operand) const {
  const std::string& op = call.node.op;
  if (operand < 3) return true;
  if (op == "GroupQueryAttention") return operand < 6;  // caches and lengths, but no angles
  const std::size_t mask = op == "Attention" ? 3 : 5;
  if (operand != mask) return operand != 3;  // which is a bias of MultiHeadAttention's
  const auto& [constant, is_input, dims, type] = call.operands.at(operand);
  return is_input && dims && dims->size() == 4;  // others are stretched
}

namespace {

/// Of an attention, which is computed for all images at once.
std::string why_not_within(const ProductCall& product) {
  const std::vector<Operand>& operands = product.call.operands;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = operands[i];
    if (operand.is_input && i < 3 && operand.type != ElementType::kFloat)
      return "its operands are other numbers than float32, which alone are quantized";
    const bool is_one = operand.dims && !operand.dims->empty() && operand.dims->front() == 1;
    const bool is_one_constant = operand.constant && operand.constant->dims &&
                                 !operand.constant->dims->empty() &&
                                 operand.constant->dims->front() == 1;
    const bool fits = product.has_images(i)
                          ? operand.is_input ? is_one : !operand.constant || is_one_constant
                          : !operand.is_input;
    if (!fits) return fmt::format("its input {} has no dimension of images in front", i);
  }
  return "";
}

}  // namespace

std::string ProductCall::why_no_operands() const {
  const std::string& op = call.node.op;
  if (op == "LSTM" || op == "GRU" || op == "RNN") return "a recurrence is not quantized";
  if (is_attention()) return why_not_within(*this);
  if (holds(kOfTwoInputs, op)) return why_not_two_inputs(call);
  return "quantizers do not take the operands of this operator";
}

}  // namespace bitloom::onnx
