#include "models/onnx/inference/products_of_codes.h"

namespace bitloom::onnx {
namespace {

constexpr const char* kFirst = "real first";
constexpr const char* kSecond = "real second";
constexpr const char* kBias = "real bias";
constexpr const char* kBiasScale = "scale of the bias";
constexpr const char* kResult = "real result";

std::string input_of(const Node& node, std::size_t which) {
  return which < node.inputs.size() ? node.inputs[which] : "";
}

Node part(const Node& node, const char* op, std::vector<std::string> inputs,
          const std::string& output) {
  return {
      .name = node.name + "/" + output, .op = op, .inputs = std::move(inputs), .outputs = {output}};
}

/// Codes, scale and zero point as real numbers; scales of several lie along `axis`.
Node dequantized(const Node& node, std::vector<std::string> inputs, const char* output,
                 std::int64_t axis) {
  Node made = part(node, "DequantizeLinear", std::move(inputs), output);
  made.attributes = {{.name = "axis", .type = 2, .integer = axis}};
  return made;
}

/// Where a product has its factors, and how they are read.
struct Form {
  const char* product;
  std::size_t second, bias, result;      // first of their inputs; 0: it has none
  std::int64_t first_axis, second_axis;  // of several scales
};

Form form_of(const Node& node) {
  if (node.op == "QLinearConv") return {"Conv", 3, 8, 6, 1, 0};
  if (node.op == "QLinearMatMul") return {"MatMul", 3, 0, 6, -2, -1};
  return {"Gemm", 3, 6, 7, 1, node.integer("transB", 0) != 0 ? 0 : 1};
}

/// Both factors have scales.
std::vector<Node> of_scaled_codes(const Node& node) {
  const Form form = form_of(node);
  const auto three = [&](std::size_t from) {
    return std::vector{input_of(node, from), input_of(node, from + 1), input_of(node, from + 2)};
  };
  std::vector<Node> nodes{dequantized(node, three(0), kFirst, form.first_axis),
                          dequantized(node, three(form.second), kSecond, form.second_axis)};
  Node product = part(node, form.product, {kFirst, kSecond}, kResult);
  product.name = node.name;
  product.attributes = node.attributes;
  if (form.bias > 0 && node.has_input(form.bias)) {
    nodes.push_back(
        part(node, "Mul", {input_of(node, 1), input_of(node, form.second + 1)}, kBiasScale));
    nodes.push_back(dequantized(node, {node.inputs[form.bias], kBiasScale}, kBias, -1));
    product.inputs.push_back(kBias);
  }
  if (!node.has_input(form.result)) {
    product.outputs = {node.outputs.at(0)};
    nodes.push_back(std::move(product));
    return nodes;
  }
  nodes.push_back(std::move(product));
  nodes.push_back(part(node, "QuantizeLinear",
                       {kResult, node.inputs[form.result], input_of(node, form.result + 1)},
                       node.outputs.at(0)));
  return nodes;
}

/// Neither has a scale: sums are whole numbers of 32 bits.
std::vector<Node> of_integers(const Node& node) {
  const bool convolves = node.op == "ConvInteger";
  Node product = part(node, convolves ? "Conv" : "MatMul", {kFirst, kSecond}, kResult);
  product.name = node.name;
  product.attributes = node.attributes;
  Node whole = part(node, "Cast", {kResult}, node.outputs.at(0));
  constexpr auto kInt32 = static_cast<std::int64_t>(ElementType::kInt32);
  whole.attributes = {{.name = "to", .type = 2, .integer = kInt32}};
  return {dequantized(node, {input_of(node, 0), kScaleOfOne, input_of(node, 2)}, kFirst, -2),
          dequantized(node, {input_of(node, 1), kScaleOfOne, input_of(node, 3)}, kSecond,
                      convolves ? 0 : -1),
          std::move(product), std::move(whole)};
}

}  // namespace

std::vector<Node> in_real_numbers(const Node& node, std::int64_t opset) {
  const bool is_microsofts = node.domain == "com.microsoft";
  if (node.outputs.empty() || !(node.domain.empty() || is_microsofts)) return {};
  std::vector<Node> nodes;
  if (node.op == "QLinearConv" || (node.op == "QLinearMatMul" && !is_microsofts) ||
      (node.op == "QGemm" && is_microsofts && node.real("alpha", 1) == 1))
    nodes = of_scaled_codes(node);
  else if (!is_microsofts && (node.op == "ConvInteger" || node.op == "MatMulInteger"))
    nodes = of_integers(node);
  for (Node& each : nodes) each.opset = opset;
  return nodes;
}

}  // namespace bitloom::onnx
