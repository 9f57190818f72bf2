#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Products of two activations, matrix by matrix: {count, rows, reduction} by {count, reduction,
/// columns}, or by {count, columns, reduction} with `transpose_second`, as attention multiplies
/// queries by keys: {count, rows, columns}.
struct MatMul {
  bool transpose_second = false;

  static constexpr Arity kArity{2, 2};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  LayerShape layer(const std::vector<Shape>& inputs, const Shape& output) const;
};

}  // namespace bitloom::graph
