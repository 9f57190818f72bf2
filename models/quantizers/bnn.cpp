// Binarized neural networks (Hubara et al. 2016, arXiv:1602.02830): signs without any scale.
#include "models/quantizers/bnn.h"

#include "models/quantizers/bipolar.h"
#include "models/quantizers/levels.h"
#include "models/quantizers/planes.h"

namespace bitloom::nn {
namespace {

/// The paper keeps the weights themselves within [-1, 1]; here none beyond has a gradient.
class SignWeights : public BipolarWeights {
 public:
  using BipolarWeights::BipolarWeights;

  Tensor quantize(const Tensor& w) override { return straight_through(w.clamp(-1, 1), signs(w)); }

 protected:
  Tensor scale(const Tensor& w) const override { return torch::ones({}, w.options()); }
};

}  // namespace

Tensor SignActivations::quantize(const Tensor& x) {
  const Tensor signs = (x.detach() > 0).to(x.scalar_type()).mul_(2).sub_(1);
  return straight_through(x.clamp(-1, 1) * scale(), signs.mul_(scale()));
}

std::optional<Planes> SignActivations::planes(const Tensor& x) {
  return planes_of(torch::full({1, 1}, scale(), torch::kDouble), (x > 0).to(torch::kLong),
                   PlaneBits::kSigns);
}

QuantizerKind bnn_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "bnn",
          .doc = "BNN: signs",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<SignWeights>(task);
          },
          .source = "Hubara 2016, arXiv:1602.02830",
          .spacing = LevelSpacing::kOdd,
          .most_bits = 1,
          .needs_training = true};
}

QuantizerKind bnn_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "bnn",
          .doc = "BNN: signs",
          .create = [](const QuantizerTask&) -> MadeQuantizer {
            return std::make_unique<SignActivations>();
          },
          .source = "Hubara 2016, arXiv:1602.02830",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 1,
          .needs_training = true};
}

}  // namespace bitloom::nn
