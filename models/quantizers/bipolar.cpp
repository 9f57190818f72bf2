#include "models/quantizers/bipolar.h"

#include "models/quantizers/levels.h"

namespace bitloom::nn {

Tensor BipolarWeights::quantize(const Tensor& w) {
  return straight_through(w, signs(w).mul_(scale(w)));
}

std::optional<Codes> BipolarWeights::codes(const Tensor& w) {
  const Tensor scales = scale(w).to(torch::kDouble).cpu().contiguous();
  return Codes{integer::bipolar_codes(),
               signs(w).to(torch::kInt),
               {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
}

Tensor BipolarWeights::signs(const Tensor& w) {
  return (w.detach() >= 0).to(w.scalar_type()).mul_(2).sub_(1);
}

Tensor BipolarWeights::scale(const Tensor& w) const {
  constexpr double kSmallest = 1e-30;  // scales are positive
  const Tensor magnitudes = w.detach().abs();
  if (granularity_ == QuantizerTask::Granularity::kLayer)
    return magnitudes.mean().clamp_min_(kSmallest);
  std::vector<std::int64_t> within_channel;
  for (std::int64_t d = 1; d < w.dim(); ++d) within_channel.push_back(d);
  return magnitudes.mean(within_channel, /*keepdim=*/true).clamp_min_(kSmallest);
}

MadeQuantizer bipolar_weights(const QuantizerTask& task) {
  return std::make_unique<BipolarWeights>(task);
}

}  // namespace bitloom::nn
