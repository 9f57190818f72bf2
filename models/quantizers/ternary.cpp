#include "models/quantizers/ternary.h"

#include "models/quantizers/levels.h"

namespace bitloom::nn {

Tensor signs_beyond(const Tensor& weights, const Tensor& threshold) {
  return (weights > threshold).to(weights.scalar_type()) - (weights < -threshold).to(torch::kFloat);
}

Tensor mean_magnitude_where(const Tensor& weights, const Tensor& chosen,
                            QuantizerTask::Granularity granularity) {
  const Tensor inside = rows_of(chosen.to(torch::kDouble), granularity);
  const Tensor magnitudes = rows_of(weights.detach().abs().to(torch::kDouble), granularity);
  const Tensor means = (magnitudes * inside).sum(1) / inside.sum(1).clamp_min(1);
  return range_of_rows(means.to(weights.scalar_type()), weights, granularity);
}

}  // namespace bitloom::nn
