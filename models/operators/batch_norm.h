#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Per channel: scale and shift, with running mean and variance.
struct BatchNorm {
  double epsilon = 1e-5;

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  std::vector<Parameter> parameters(const std::vector<Shape>& inputs) const;
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
