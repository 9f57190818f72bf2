#include "models/operators/convolution.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {
namespace {

/// {channels, length} as an image of one row.
Shape as_image(const Shape& shape) {
  return shape.size() == 2 ? Shape{shape[0], 1, shape[1]} : shape;
}

}  // namespace

std::string Convolution::name() const { return "convolution"; }

Shape Convolution::shape(const std::vector<Shape>& inputs) const {
  const Shape in = as_image(inputs[0]);
  require_image(in);
  require_valid(window);
  require_dimension(out_channels, "output channels");
  require_dimension(groups, "groups");
  if (in[0] % groups != 0 || out_channels % groups != 0)
    throw UserError(fmt::format("{} groups must divide {} input and {} output channels", groups,
                                in[0], out_channels));
  const Extent out = window_output(window, extent_of(in));
  if (inputs[0].size() == 3) return {out_channels, out.height, out.width};
  if (out.height != 1) throw UserError(fmt::format("has {} rows over one dimension", out.height));
  return {out_channels, out.width};
}

LayerShape Convolution::layer(const std::vector<Shape>& inputs, const Shape& output) const {
  const Shape in = as_image(inputs[0]);
  const bool is_depthwise = groups > 1 && groups == in[0];
  return {.kind = is_depthwise ? LayerKind::kDepthwise : LayerKind::kConvolution,
          .in_channels = in[0],
          .out_channels = out_channels,
          .kernel = window.kernel,
          .stride = window.stride,
          .input = extent_of(in),
          .output = extent_of(as_image(output)),
          .groups = groups,
          .biases = bias ? out_channels : 0,
          .weights_of = weights_of};
}

std::vector<Parameter> Convolution::parameters(const std::vector<Shape>& inputs) const {
  if (!weights_of.empty()) return {};
  const Extent kernel = window.kernel;
  std::vector<Parameter> own{{".weight",
                              ParameterRole::kWeight,
                              {out_channels, inputs[0][0] / groups, kernel.height, kernel.width}}};
  if (bias) own.push_back({".bias", ParameterRole::kBias, {out_channels}});
  return own;
}

void Convolution::lower(integer::Lowering& lowering) const {
  if (lowering.shape().size() != 3)
    throw unsupported("the integer arithmetic has no rule for a convolution over one dimension");
  lowering.layer(resolved(window, extent_of(lowering.input().shape)));
}

}  // namespace bitloom::graph
