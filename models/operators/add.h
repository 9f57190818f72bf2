#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Element-wise sum of inputs of one shape.
struct Add {
  static constexpr Arity kArity{2, kAnyNumber};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
