#include "models/operators/input.h"

#include "base/error.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Input::name() const { return "input"; }

Shape Input::shape(const std::vector<Shape>&) const {
  if (image.empty()) throw UserError("shape must have a dimension");
  for (const std::int64_t dimension : image) require_dimension(dimension, "input dimension");
  return image;
}

/// Codes of the first layer that reads the image.
void Input::lower(integer::Lowering& lowering) const {
  if (lowering.index() != 0) throw UserError("an integer network has one input, the first");
  const integer::QuantizedLayer& layer = lowering.first_reader();
  const double scale = layer.activation_scaling.scales[0];
  lowering.add_channels(image[0], scale, layer.activation_type.magnitude());
  lowering.result(integer::QuantizeImage{layer.activation_type, scale});
}

}  // namespace bitloom::graph
