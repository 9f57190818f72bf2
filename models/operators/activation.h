#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

enum class ActivationKind { kRelu, kRelu6 };

/// max(0, x), and for ReLU6 at most 6.
struct Activation {
  ActivationKind kind = ActivationKind::kRelu;

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kNeverNegative; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
