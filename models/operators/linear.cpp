#include "models/operators/linear.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/window.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Linear::name() const { return "linear"; }

Shape Linear::shape(const std::vector<Shape>& inputs) const {
  if (inputs[0].size() != 1)
    throw UserError(
        fmt::format("takes {{features}}, got {}: flatten it first", to_text(inputs[0])));
  require_dimension(out_features, "output features");
  return {out_features};
}

LayerShape Linear::layer(const std::vector<Shape>& inputs, const Shape&) const {
  return {.kind = LayerKind::kLinear,
          .in_channels = inputs[0][0],
          .out_channels = out_features,
          .biases = bias ? out_features : 0};
}

std::vector<Parameter> Linear::parameters(const std::vector<Shape>& inputs) const {
  std::vector<Parameter> own{{".weight", ParameterRole::kWeight, {out_features, inputs[0][0]}}};
  if (bias) own.push_back({".bias", ParameterRole::kBias, {out_features}});
  return own;
}

void Linear::lower(integer::Lowering& lowering) const { lowering.layer(Window{}); }

}  // namespace bitloom::graph
