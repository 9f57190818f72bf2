#include "models/quantizers/linear_quantizer.h"

#include "base/error.h"

namespace bitloom::nn {

Tensor LinearQuantizer::range_for(const Tensor& values) const {
  const Tensor range = this->range().to(values.device());
  require_range_of(range_name(), range, values);
  return range;
}

Tensor LinearQuantizer::quantize(const Tensor& values) {
  return nearest_levels(values, range_for(values), levels_);
}

std::optional<Codes> LinearQuantizer::codes(const Tensor& values) {
  return codes_of(values, range_for(values), levels_);
}

std::optional<double> LinearQuantizer::activation_scale() const {
  if (task_.role == QuantizerTask::Role::kWeights) return std::nullopt;
  return (range() / levels_.steps).item<double>();
}

void CalibratedQuantizer::calibrate(const Tensor& values) {
  const torch::NoGradGuard no_gradient;
  require_finite(values);
  range_.set_data(usable_range(choose_(values.detach(), task(), levels())));
}

std::vector<std::pair<std::string, Tensor>> CalibratedQuantizer::state() const {
  return {{"range", range_}};
}

Tensor CalibratedQuantizer::range() const {
  ensure(range_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
  return range_;
}

std::optional<std::string> CalibratedQuantizer::missed_by(const std::string&,
                                                          const Tensor& values) const {
  return missed_as_ranges(values, task().granularity);
}

}  // namespace bitloom::nn
