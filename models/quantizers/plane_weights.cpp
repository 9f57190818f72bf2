#include "models/quantizers/plane_weights.h"

#include "models/quantizers/levels.h"

namespace bitloom::nn {

PlaneFit PlaneWeights::fit_of(const Tensor& w) const {
  const torch::NoGradGuard no_gradient;
  return fit(rows_of(w.detach(), task_.granularity));
}

Tensor PlaneWeights::quantize(const Tensor& w) {
  const PlaneFit fit = fit_of(w);
  const Tensor levels = levels_of_patterns(fit.basis, fit.patterns, PlaneBits::kSigns);
  return straight_through(w, levels.reshape(w.sizes()));
}

std::optional<Planes> PlaneWeights::planes(const Tensor& w) {
  const PlaneFit fit = fit_of(w);
  return planes_of(fit.basis, fit.patterns.reshape(w.sizes()), PlaneBits::kSigns);
}

}  // namespace bitloom::nn
