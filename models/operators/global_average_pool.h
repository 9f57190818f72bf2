#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Mean over height and width: {channels, 1, 1}.
struct GlobalAveragePool {
  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
