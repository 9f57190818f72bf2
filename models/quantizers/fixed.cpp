// The fixed point of mixed precision DNNs (Uhlich et al. 2020, arXiv:1905.11452): the step is
// learned and a power of two.
#include <cmath>

#include "models/quantizers/bipolar.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/least_error.h"

namespace bitloom::nn {
namespace {

constexpr double kLeastFixedStep = 1e-8;

/// Q = d round(clip(x, +-q_max) / d), where d goes to 2^round(log2 d) and the gradient passes that
/// rounding. The bits are given, so that q_max = p d and d alone is learned. Its gradient is (Q -
/// x) / d inside and +-p outside, kept from -d to d: so no step of a training at a rate below 1
/// changes d beyond its own size.
class FixedPoint : public LearnedStepQuantizer {
 public:
  FixedPoint(const QuantizerTask& task, const LinearLevels& levels)
      : LearnedStepQuantizer(task, levels, "d") {}

  Tensor quantize(const Tensor& x) override {
    const Tensor learned = learned_for(x);
    const Tensor bounded = with_gradient_within(learned, step(learned));
    return learned_step(x, step(bounded), levels(), kBetweenLevels);
  }

  void after_step() override { keep_from(state()[0].second, kLeastFixedStep); }

 protected:
  /// The power of two of least squared error. Assumption: the paper begins with its bits and range.
  Tensor first(const Tensor& rows) const override {
    return least_error_log2_scale(rows, levels()).exp2();
  }
  Tensor step(const Tensor& learned) const override {
    const Tensor positive = learned.detach().clamp_min(kLeastFixedStep);
    return straight_through(learned, positive.log2().round().exp2());
  }
};

}  // namespace

QuantizerKind fixed_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "fixed",
          .doc = "MPDNN: fixed point, the step a learned power of two",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<FixedPoint>(task, symmetric_levels(task.bits));
          },
          .source = "Uhlich 2020, arXiv:1905.11452",
          .learned = "d"};
}

QuantizerKind fixed_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "fixed",
          .doc = "MPDNN: fixed point, the step a learned power of two",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<FixedPoint>(task, activation_levels(task));
          },
          .source = "Uhlich 2020, arXiv:1905.11452",
          .learned = "d"};
}

}  // namespace bitloom::nn
