#include "models/operators/upsample.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string Upsample::name() const { return "upsample"; }

Shape Upsample::shape(const std::vector<Shape>& inputs) const {
  const Shape& in = inputs[0];
  require_image(in);
  require_dimension(size.height, "height");
  require_dimension(size.width, "width");
  if (size.height < in[1] || size.width < in[2])
    throw UserError(fmt::format("cannot shrink {} to {}x{}", to_text(in), size.height, size.width));
  return {in[0], size.height, size.width};
}

void Upsample::lower(integer::Lowering& lowering) const {
  lowering.keep_channels();
  lowering.result(integer::Upsample{});
}

}  // namespace bitloom::graph
