// Binary weight networks (Rastegari et al. 2016, arXiv:1603.05279, sec. 3.1): signs, and the mean
// magnitude of each filter.
#include "models/quantizers/bwn.h"

#include "models/quantizers/levels.h"

namespace bitloom::nn {

Tensor BinaryWeights::quantize(const Tensor& w) {
  const Tensor scale = this->scale(w);
  const double share = static_cast<double>(scale.numel()) / static_cast<double>(w.numel());
  const Tensor factor = (w.detach().abs() <= 1).to(w.scalar_type()).mul_(scale).add_(share);
  return straight_through(w * factor, signs(w).mul_(scale));
}

QuantizerKind bwn_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "bwn",
          .doc = "BWN: signs times the filter's mean|w|",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<BinaryWeights>(task);
          },
          .source = "Rastegari 2016, arXiv:1603.05279",
          .spacing = LevelSpacing::kOdd,
          .most_bits = 1,
          .granularity = QuantizerTask::Granularity::kChannel};
}

}  // namespace bitloom::nn
