#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// What the network is given: an image {channels, height, width}, {features}, or any tensor.
struct Input {
  Shape image;

  static constexpr Arity kArity{0, 0};
  static constexpr bool kIsInput = true;
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
