#pragma once

#include "models/graph/operator.h"
#include "models/graph/window.h"

namespace bitloom::graph {

enum class PoolKind { kMax, kAverage };

/// The largest value, or the mean, under each window of {channels, height, width}.
struct Pool {
  PoolKind kind;
  Window window;
  bool ceil_mode = false;     // a last, partial window counts
  bool count_padding = true;  // averages divide by the whole window

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
