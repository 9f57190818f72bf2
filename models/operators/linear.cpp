#include "models/operators/linear.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/window.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Linear::name() const { return "linear"; }

Shape Linear::shape(const std::vector<Shape>& inputs) const {
  const Shape& in = inputs[0];
  if (in.size() != 1 && !by_rows)
    throw UserError(fmt::format("takes {{features}}, got {}: flatten it first", to_text(in)));
  require_dimension(out_features, "output features");
  Shape out = in;
  out.back() = out_features;
  return out;
}

LayerShape Linear::layer(const std::vector<Shape>& inputs, const Shape&) const {
  const Shape& in = inputs[0];
  const Extent rows{size_of(in) / in.back(), 1};
  return {.kind = LayerKind::kLinear,
          .in_channels = in.back(),
          .out_channels = out_features,
          .input = rows,
          .output = rows,
          .biases = bias ? out_features : 0};
}

std::vector<Parameter> Linear::parameters(const std::vector<Shape>& inputs) const {
  std::vector<Parameter> own{{".weight", ParameterRole::kWeight, {out_features, inputs[0].back()}}};
  if (bias) own.push_back({".bias", ParameterRole::kBias, {out_features}});
  return own;
}

void Linear::lower(integer::Lowering& lowering) const {
  if (lowering.shape().size() != 1)
    throw unsupported("the integer arithmetic has no rule for a linear layer of several rows");
  lowering.layer(Window{});
}

}  // namespace bitloom::graph
