#include "models/onnx/call.h"

#include <algorithm>
#include <array>
#include <string_view>

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

}  // namespace bitloom::onnx
