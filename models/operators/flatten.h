#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// {channels, height, width} -> {channels * height * width}.
struct Flatten {
  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
