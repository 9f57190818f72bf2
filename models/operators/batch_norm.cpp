#include "models/operators/batch_norm.h"

#include "models/integer/batch_norm.h"
#include "models/integer/lowering.h"

namespace bitloom::graph {

std::string BatchNorm::name() const { return "batch norm"; }

Shape BatchNorm::shape(const std::vector<Shape>& inputs) const { return inputs[0]; }

std::vector<Parameter> BatchNorm::parameters(const std::vector<Shape>& inputs) const {
  const Shape channels{inputs[0][0]};
  return {{".weight", ParameterRole::kScale, channels},
          {".bias", ParameterRole::kShift, channels},
          {".running_mean", ParameterRole::kMean, channels},
          {".running_var", ParameterRole::kVariance, channels}};
}

void BatchNorm::lower(integer::Lowering& lowering) const {
  const auto& [gains, shifts] = lowering.affine_parameters();
  const integer::Step& in = lowering.input();
  integer::Affine affine;
  for (std::size_t c = 0; c < gains.size(); ++c) {
    const auto channel = integer::affine_channel({in.scales[c], in.bounds[c]}, gains[c], shifts[c]);
    affine.multipliers.push_back(channel.multiplier);
    affine.offsets.push_back(channel.offset);
    lowering.add_channels(1, channel.out.scale, channel.out.bound);
  }
  lowering.result(std::move(affine));
}

}  // namespace bitloom::graph
