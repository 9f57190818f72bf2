#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Enlarges to `size` by the nearest neighbour: output row y is input row floor(y * input height /
/// size.height), and columns likewise.
struct Upsample {
  Extent size;

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
