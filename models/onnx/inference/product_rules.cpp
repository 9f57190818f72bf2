#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "models/onnx/inference/rule.h"

namespace bitloom::onnx {
namespace {

/// Y = A B as numpy's matmul does: a vector is a matrix of one row or column, which the result
/// loses again; the dimensions in front are broadcast.
Shape multiplied(const NodeView& node, Shape first, Shape second) {
  if (first.empty() || second.empty()) throw node.refuse("multiplies a number");
  const bool is_row = first.size() == 1, is_column = second.size() == 1;
  if (is_row) first.insert(first.begin(), 1);
  if (is_column) second.push_back(1);
  const std::int64_t rows = first[first.size() - 2], columns = second.back();
  if (first.back() != second[second.size() - 2])
    throw node.refuse(
        fmt::format("multiplies {} by {}", graph::to_text(first), graph::to_text(second)));
  Shape result =
      broadcast(node, {first.begin(), first.end() - 2}, {second.begin(), second.end() - 2});
  if (!is_row) result.push_back(rows);
  if (!is_column) result.push_back(columns);
  return result;
}

void matmul(NodeView& node) { node.output(multiplied(node, node.dims(0), node.dims(1))); }

void matmul_integer(NodeView& node) {
  node.output(0, multiplied(node, node.dims(0), node.dims(1)), ElementType::kInt32);
}

void matmul_to_float(NodeView& node) {
  node.output(0, multiplied(node, node.dims(0), node.dims(1)), ElementType::kFloat);
}

void qlinear_matmul(NodeView& node) {
  node.output(0, multiplied(node, node.dims(0), node.dims(3)), node.type(7));
}

void fused_matmul(NodeView& node) {
  node.output(multiplied(node, fused_factor(node, 0), fused_factor(node, 1)));
}

void matmul_nbits(NodeView& node) {
  Shape dims = node.dims(0);
  const std::int64_t k = node.node().integer("K", 0), n = node.node().integer("N", 0);
  if (dims.empty() || dims.back() != k || n < 1)
    throw node.refuse(fmt::format("multiplies {} by {}x{}", graph::to_text(dims), k, n));
  dims.back() = n;
  node.output(std::move(dims));
}

void gemm(NodeView& node) {
  // Before opset 7 the input could have more dimensions, which were flattened.
  if (node.rank(0) != 2 || node.rank(1) != 2)
    throw node.refuse(fmt::format("multiplies {} by {}", graph::to_text(node.dims(0)),
                                  graph::to_text(node.dims(1))));
  fused_matmul(node);
}

/// com.microsoft: Gemm of codes, whose second factor is input 3; real numbers where no scale of
/// the result is given.
void gemm_of_codes(NodeView& node) {
  constexpr std::size_t kScale = 7, kZeroPoint = 8;
  const Shape first = fused_factor(node, 0), second = fused_factor(node, 3);
  if (first.size() != 2 || second.size() != 2)
    throw node.refuse(
        fmt::format("multiplies {} by {}", graph::to_text(first), graph::to_text(second)));
  const ElementType codes = node.has(kZeroPoint) ? node.type(kZeroPoint) : node.type(0);
  node.output(0, multiplied(node, first, second), node.has(kScale) ? codes : ElementType::kFloat);
}

/// Terms such as `bij,bjk->bik`: the size of each letter, as inputs tell it.
void einsum(NodeView& node) {
  std::string equation = node.node().text("equation", "");
  equation.erase(std::remove(equation.begin(), equation.end(), ' '), equation.end());
  if (equation.find("...") != std::string::npos)
    throw node.refuse(fmt::format("its equation {} has an ellipsis", equation));
  const std::size_t arrow = equation.find("->");
  const std::string left = equation.substr(0, arrow);
  std::map<char, std::int64_t> sizes;
  std::map<char, int> uses;
  std::size_t input = 0, at = 0;
  for (const char letter : left + ",") {
    if (letter == ',') {
      if (at != node.dims(input).size())
        throw node.refuse(fmt::format("its equation {} does not fit its inputs", equation));
      ++input;
      at = 0;
      continue;
    }
    const Shape& dims = node.dims(input);
    if (at >= dims.size())
      throw node.refuse(fmt::format("its equation {} does not fit its inputs", equation));
    std::int64_t& size = sizes.emplace(letter, dims[at]).first->second;
    size = std::max(size, dims[at++]);
    ++uses[letter];
  }
  std::string right;
  if (arrow != std::string::npos)
    right = equation.substr(arrow + 2);
  else
    for (const auto& [letter, count] : uses)
      if (count == 1) right += letter;
  Shape result;
  for (const char letter : right) {
    if (!sizes.count(letter)) throw node.refuse(fmt::format("its equation is {}", equation));
    result.push_back(sizes[letter]);
  }
  node.output(std::move(result));
}

}  // namespace

Shape fused_factor(const NodeView& node, std::size_t which) {
  const char* const suffix = which == 0 ? "A" : "B";
  Shape dims = node.dims(which);
  if (dims.size() < 2) return dims;
  if (node.node().integer(fmt::format("transBatch{}", suffix), 0) != 0)
    std::rotate(dims.begin(), dims.begin() + 1, dims.end() - 1);
  if (node.node().integer(fmt::format("trans{}", suffix), 0) != 0)
    std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  return dims;
}

const Rules& product_rules() {
  static const Rules table{{"MatMul", matmul},
                           {"MatMulInteger", matmul_integer},
                           {"MatMulIntegerToFloat", matmul_to_float},
                           {"DynamicQuantizeMatMul", matmul_to_float},
                           {"QLinearMatMul", qlinear_matmul},
                           {"FusedMatMul", fused_matmul},
                           {"TransposeMatMul", fused_matmul},
                           {"MatMulNBits", matmul_nbits},
                           {"Gemm", gemm},
                           {"FusedGemm", gemm},
                           {"QGemm", gemm_of_codes},
                           {"Einsum", einsum}};
  return table;
}

}  // namespace bitloom::onnx
