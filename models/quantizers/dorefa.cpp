// DoReFa-Net (Zhou et al. 2016, arXiv:1606.06160): weights sec. 2.3, activations sec. 2.4.
#include "models/quantizers/bipolar.h"
#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {
namespace {

/// w = 2 q_k(tanh w / (2 max|tanh w|) + 1/2) - 1 with q_k(x) = round((2^k - 1) x) / (2^k - 1),
/// whose gradient is 1. The levels are the odd multiples of 1 / (2^k - 1): k-bit bipolar codes.
class DorefaWeights : public Quantizer {
 public:
  explicit DorefaWeights(const QuantizerTask& task)
      : granularity_(task.granularity), bits_(task.bits), steps_((1 << task.bits) - 1) {}

  void calibrate(const Tensor&) override {}

  Tensor quantize(const Tensor& w) override {
    const Tensor bounded = bound(w);
    return straight_through(bounded, bipolar(bounded).mul_(scale()));
  }

  std::optional<Codes> codes(const Tensor& w) override {
    const torch::NoGradGuard no_gradient;
    return Codes{
        {integer::Encoding::kBipolar, bits_}, bipolar(bound(w)).to(torch::kInt), {scale()}};
  }

 private:
  /// tanh w / max|tanh w|, in [-1, 1]. Its gradient is whole: that of the maximum included.
  Tensor bound(const Tensor& w) const {
    const Tensor bounded = torch::tanh(w);
    std::vector<std::int64_t> within;
    const bool layer = granularity_ == QuantizerTask::Granularity::kLayer;
    for (std::int64_t d = layer ? 0 : 1; d < w.dim(); ++d) within.push_back(d);
    return bounded / usable_range(bounded.abs().amax(within, /*keepdim=*/true));
  }

  Tensor bipolar(const Tensor& bounded) const {
    return bounded.detach().mul(0.5).add_(0.5).mul_(steps_).round_().mul_(2).sub_(steps_);
  }

  double scale() const { return static_cast<double>(1.0F / static_cast<float>(steps_)); }

  QuantizerTask::Granularity granularity_;
  int bits_, steps_;
};

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
          .doc = "DoReFa-Net: through tanh to [-1, 1] (Zhou 2016)",
          .make = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<DorefaWeights>(task);
          },
          .needs_training = true};
}

QuantizerKind dorefa_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "dorefa",
          .doc = "DoReFa-Net: clipped to [0, 1] (Zhou 2016)",
          .make = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<DorefaActivations>(
                task, task.is_signed ? symmetric_levels(task.bits) : unsigned_levels(task.bits));
          },
          .needs_training = true};
}

}  // namespace bitloom::nn
