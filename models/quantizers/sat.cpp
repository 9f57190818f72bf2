// Scale-adjusted training (Jin et al. 2019, arXiv:1912.10207): DoReFa's weights at a scale that
// lets gradients through, and PACT whose alpha feels the error of rounding.
#include <cmath>

#include "models/quantizers/bipolar.h"
#include "models/quantizers/dorefa.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/pact.h"

namespace bitloom::nn {
namespace {

/// Q(w) / sqrt(n_out Var Q(w)), Q(w) DoReFa's, where no batch norm follows; Q(w) where one does,
/// which takes the scale away. n_out = c_out k^2 counts what each input adds to. The factor has no
/// gradient.
class ScaleAdjustedWeights : public DorefaWeights {
 public:
  explicit ScaleAdjustedWeights(const QuantizerTask& task)
      : DorefaWeights(task), is_adjusted_(!task.batch_norm_follows) {}

 protected:
  double largest_level(const Tensor& codes) const override {
    if (!is_adjusted_) return 1;
    const double variance = codes.var(/*unbiased=*/false).item<double>() / (steps() * steps());
    const auto outputs = static_cast<double>(codes.numel() / codes.size(1));
    return variance > 0 ? 1 / std::sqrt(outputs * variance) : 1;
  }

 private:
  bool is_adjusted_;
};

/// PACT with q / alpha - x / alpha as the gradient to alpha inside, where PACT has 0: that of a
/// learned step alpha / (2^k - 1).
class CalibratedPact : public PactActivations {
 public:
  using PactActivations::PactActivations;

  Tensor quantize(const Tensor& x) override {
    const Tensor step = kept_within(alpha(), kLeastAlpha, INFINITY).to(x.device()) / levels().steps;
    return learned_step(x, step, in_steps(levels()), kBetweenLevels);
  }
};

}  // namespace

QuantizerKind sat_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "sat",
          .doc = "SAT: DoReFa's, of variance 1 / outputs where no batch norm follows",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<ScaleAdjustedWeights>(task);
          },
          .source = "Jin 2019, arXiv:1912.10207",
          .spacing = LevelSpacing::kOdd,
          .needs_training = true};
}

QuantizerKind sat_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "sat",
          .doc = "SAT: PACT with the calibrated gradient",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<CalibratedPact>(task, activation_levels(task));
          },
          .source = "Jin 2019, arXiv:1912.10207",
          .learned = "alpha"};
}

}  // namespace bitloom::nn
