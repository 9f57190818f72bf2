#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// exp(x) over the sum of exp along the last dimension.
struct Softmax {
  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kNeverNegative; }
};

}  // namespace bitloom::graph
