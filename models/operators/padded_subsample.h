#pragma once

#include "models/graph/operator.h"

namespace bitloom::graph {

/// The parameter-free shortcut of CIFAR ResNets (He et al. 2016, option A): every `stride`-th row
/// and column, and zero channels added before and after.
struct PaddedSubsample {
  std::int64_t stride;
  std::int64_t channels_before;
  std::int64_t channels_after;

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  Sign sign() const { return Sign::kAsInputs; }
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
