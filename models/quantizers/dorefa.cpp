// DoReFa-Net (Zhou et al. 2016, arXiv:1606.06160): weights sec. 2.3, activations sec. 2.4.
#include "models/quantizers/dorefa.h"

#include "models/quantizers/bipolar.h"
#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {

Tensor DorefaWeights::quantize(const Tensor& w) {
  const Tensor bounded = bound(w), codes = bipolar(bounded);
  const double largest = largest_level(codes);
  return straight_through(largest == 1 ? bounded : bounded * largest, codes * scale(largest));
}

std::optional<Codes> DorefaWeights::codes(const Tensor& w) {
  const torch::NoGradGuard no_gradient;
  const Tensor codes = bipolar(bound(w));
  return Codes{
      {integer::Encoding::kBipolar, bits_}, codes.to(torch::kInt), {scale(largest_level(codes))}};
}

Tensor DorefaWeights::bound(const Tensor& w) const {
  const Tensor bounded = torch::tanh(w);
  std::vector<std::int64_t> within;
  const bool layer = granularity_ == QuantizerTask::Granularity::kLayer;
  for (std::int64_t d = layer ? 0 : 1; d < w.dim(); ++d) within.push_back(d);
  return bounded / usable_range(bounded.abs().amax(within, /*keepdim=*/true));
}

Tensor DorefaWeights::bipolar(const Tensor& bounded) const {
  return bounded.detach().mul(0.5).add_(0.5).mul_(steps_).round_().mul_(2).sub_(steps_);
}

double DorefaWeights::scale(double largest) const {
  return static_cast<double>(static_cast<float>(largest) / static_cast<float>(steps_));
}

namespace {

/// q_k of the values clipped to [0, 1]; of signed ones to [-1, 1].
class DorefaActivations : public LinearQuantizer {
 public:
  using LinearQuantizer::LinearQuantizer;
  void calibrate(const Tensor&) override {}

 protected:
  Tensor range() const override { return torch::ones({}); }
};

}  // namespace

QuantizerKind dorefa_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "dorefa",
          .doc = "DoReFa-Net: through tanh to [-1, 1]",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<DorefaWeights>(task);
          },
          .source = "Zhou 2016, arXiv:1606.06160",
          .spacing = LevelSpacing::kOdd,
          .needs_training = true};
}

QuantizerKind dorefa_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "dorefa",
          .doc = "DoReFa-Net: clipped to [0, 1]",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<DorefaActivations>(task, activation_levels(task));
          },
          .source = "Zhou 2016, arXiv:1606.06160",
          .needs_training = true};
}

}  // namespace bitloom::nn
