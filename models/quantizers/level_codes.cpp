#include "models/quantizers/level_codes.h"

#include "models/quantizers/planes.h"

namespace bitloom::nn {

LevelCodes level_codes(const Planes& planes, QuantizerTask::Role role, int bits) {
  const bool are_signs = planes.kind == PlaneBits::kSigns;
  const bool has_padding = are_signs && role == QuantizerTask::Role::kActivations;
  const std::int32_t most = ((1 << bits) - 1) / (has_padding ? 3 : 1);
  const Tensor real = planes.coefficients.to(torch::kCPU, torch::kDouble).contiguous();
  const auto count = static_cast<std::size_t>(real.size(1));
  LevelCodes levels{{static_cast<int>(count), are_signs, {}}, {}};
  for (std::int64_t row = 0; row < real.size(0); ++row) {
    const auto rounded = integer::fixed_point({real[row].data_ptr<double>(), count}, most);
    levels.coefficients.values.insert(levels.coefficients.values.end(), rounded.codes.begin(),
                                      rounded.codes.end());
    levels.steps.push_back(rounded.step);
  }
  return levels;
}

Tensor codes_of(const Planes& planes, const integer::PlaneCoefficients& coefficients) {
  const Tensor whole =
      torch::tensor(coefficients.values, torch::kDouble).reshape({-1, coefficients.planes});
  return values_of({planes.kind, whole, planes.bits.cpu()}).round().to(torch::kInt32);
}

}  // namespace bitloom::nn
