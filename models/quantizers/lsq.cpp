// Learned step size quantization (Esser et al. 2020, arXiv:1902.08153).
#include <cmath>

#include "models/quantizers/bipolar.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/least_error.h"

namespace bitloom::nn {
namespace {

constexpr double kLeastStep = 1e-8;

/// s clip(round(x / s), -Q_N, Q_P) (eq. 1, 2) with the gradients of eq. 3 and 5. That of s is
/// multiplied by g = 1 / sqrt(N Q_P) (sec. 2.2).
class LearnedStepSize : public LearnedStepQuantizer {
 public:
  LearnedStepSize(const QuantizerTask& task, const LinearLevels& levels)
      : LearnedStepQuantizer(task, levels, "step") {}

  Tensor quantize(const Tensor& x) override {
    const Tensor learned = learned_for(x);
    const double g = shared_gradient_scale(x, learned, task(), levels());
    return learned_step(x, step(with_gradient_scaled(learned, g)), levels(), kBetweenLevels);
  }

  void after_step() override { keep_from(state()[0].second, kLeastStep); }

 protected:
  /// That of least squared error, as LSQ+ has it (Bhalgat et al. 2020, arXiv:2004.09576). The
  /// paper's 2 mean|x| / sqrt(Q_P) (sec. 2.1) is half as wide for sparse activations, and a short
  /// training at the rate of g does not make up for that.
  Tensor first(const Tensor& rows) const override {
    return least_error_scale(rows, levels(), ScaleSign::kPositive);
  }
  Tensor step(const Tensor& learned) const override {
    return kept_within(learned, kLeastStep, INFINITY);
  }
};

}  // namespace

QuantizerKind lsq_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "lsq",
          .doc = "LSQ: learned step",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<LearnedStepSize>(task, signed_levels(task.bits));
          },
          .source = "Esser 2020, arXiv:1902.08153",
          .learned = "step"};
}

QuantizerKind lsq_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "lsq",
          .doc = "LSQ: learned step",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<LearnedStepSize>(task, activation_levels(task));
          },
          .source = "Esser 2020, arXiv:1902.08153",
          .learned = "step"};
}

}  // namespace bitloom::nn
