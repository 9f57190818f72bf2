#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// Fully connected over {features}; with `by_rows` over the last dimension of any tensor, such as
/// {tokens, features}, all other places of which are rows of one product.
struct Linear {
  std::int64_t out_features;
  bool bias = true;
  bool by_rows = false;

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  LayerShape layer(const std::vector<Shape>& inputs, const Shape& output) const;
  std::vector<Parameter> parameters(const std::vector<Shape>& inputs) const;
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
