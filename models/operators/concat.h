#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Inputs of one height and width joined along channels.
struct Concat {
  static constexpr Arity kArity{1, kAnyNumber};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
