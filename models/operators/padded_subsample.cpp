#include "models/operators/padded_subsample.h"

#include "base/quantity.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string PaddedSubsample::name() const { return "padded subsample"; }

Shape PaddedSubsample::shape(const std::vector<Shape>& inputs) const {
  const Shape& in = inputs[0];
  require_image(in);
  require_dimension(stride, "stride");
  return {in[0] + channels_before + channels_after, ceil_div(in[1], stride),
          ceil_div(in[2], stride)};
}

void PaddedSubsample::lower(integer::Lowering& lowering) const {
  lowering.add_channels(channels_before, 1, 0);
  lowering.keep_channels();
  lowering.add_channels(channels_after, 1, 0);
  lowering.result(integer::Subsample{stride, channels_before});
}

}  // namespace bitloom::graph
