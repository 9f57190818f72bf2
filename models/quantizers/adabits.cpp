// AdaBits (Jin et al. 2020, arXiv:1912.09666, equation 3): the modified scheme of DoReFa's weights,
// whose codes of few bits are the leading bits of those of more.
#include "models/quantizers/bipolar.h"
#include "models/quantizers/dorefa.h"

namespace bitloom::nn {
namespace {

/// u = tanh w / (2 max|tanh w|) + 1/2 has the code k = min(floor(2^b u), 2^b - 1), and the weight
/// is 2 k / 2^b - 1: the two's complement code k - 2^(b-1), whose step is 2^(1-b). The gradient is
/// 1 to tanh w / max|tanh w|.
class LeadingBitsWeights : public DorefaWeights {
 public:
  explicit LeadingBitsWeights(const QuantizerTask& task)
      : DorefaWeights(task), half_(1 << (task.bits - 1)) {}

  Tensor quantize(const Tensor& w) override {
    const Tensor bounded = bound(w);
    return straight_through(bounded, signed_codes(bounded) / half_);
  }

  std::optional<Codes> codes(const Tensor& w) override {
    const torch::NoGradGuard no_gradient;
    return Codes{
        integer::signed_codes(bits()), signed_codes(bound(w)).to(torch::kInt), {1.0 / half_}};
  }

 private:
  Tensor signed_codes(const Tensor& bounded) const {
    return bounded.detach().mul(half_).floor_().clamp_(-half_, half_ - 1);
  }

  double half_;  // 2^(b-1)
};

/// The same with half a step added to each level, so that they lie around 0 evenly: odd multiples
/// of 2^-b, bipolar codes.
class CentredWeights : public DorefaWeights {
 public:
  using DorefaWeights::DorefaWeights;

 protected:
  Tensor bipolar(const Tensor& bounded) const override {
    const double half = (steps() + 1) / 2.0;
    return bounded.detach().mul(half).floor_().clamp_(-half, half - 1).mul_(2).add_(1);
  }
  double scale(double largest) const override { return largest / (steps() + 1); }
};

template <class Weights>
MadeQuantizer made(const QuantizerTask& task) {
  if (task.bits == 1) return bipolar_weights(task);
  return std::make_unique<Weights>(task);
}

}  // namespace

QuantizerKind adabits_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "adabits",
          .doc = "AdaBits: DoReFa's, codes of few bits the leading ones of more",
          .create = made<LeadingBitsWeights>,
          .source = "Jin 2020, arXiv:1912.09666",
          .needs_training = true};
}

QuantizerKind adabits_centred_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "adabits-centred",
          .doc = "the same, half a step higher",
          .create = made<CentredWeights>,
          .source = "Jin 2020, arXiv:1912.09666",
          .spacing = LevelSpacing::kOdd,
          .needs_training = true};
}

}  // namespace bitloom::nn
