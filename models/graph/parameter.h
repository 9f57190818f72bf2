#pragma once

#include <string_view>
#include <vector>

#include "models/graph/shape.h"

namespace bitloom::graph {

enum class ParameterRole { kWeight, kBias, kScale, kShift, kMean, kVariance };

/// Whether training learns a parameter of this role. Running statistics it only tracks.
constexpr bool is_learned(ParameterRole role) {
  return role != ParameterRole::kMean && role != ParameterRole::kVariance;
}

/// A tensor that a node was trained to.
struct Parameter {
  std::string_view suffix;  // a dot and PyTorch's name: `.weight`, `.running_mean`
  ParameterRole role;
  Shape shape;
};

}  // namespace bitloom::graph
