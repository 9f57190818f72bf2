#include "models/operators/matmul.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::graph {

std::string MatMul::name() const { return "matmul"; }

Shape MatMul::shape(const std::vector<Shape>& inputs) const {
  for (const Shape& in : inputs)
    if (in.size() != 3)
      throw UserError(fmt::format("takes {{matrices, rows, columns}}, got {}", to_text(in)));
  const Shape& first = inputs[0];
  const Shape& second = inputs[1];
  if (first[0] != second[0] || first[2] != second[transpose_second ? 2 : 1])
    throw UserError(fmt::format("multiplies {} by {}{}", to_text(first), to_text(second),
                                transpose_second ? " transposed" : ""));
  return {first[0], first[1], second[transpose_second ? 1 : 2]};
}

LayerShape MatMul::layer(const std::vector<Shape>& inputs, const Shape& output) const {
  const std::int64_t matrices = output[0], rows = output[1];
  return {.kind = LayerKind::kMatMul,
          .in_channels = matrices * inputs[0][2],
          .out_channels = matrices * output[2],
          .input = {rows, 1},
          .output = {rows, 1},
          .groups = matrices,
          .second = SecondOperand::kActivation};
}

}  // namespace bitloom::graph
