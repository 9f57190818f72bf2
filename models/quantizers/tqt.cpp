// Trained quantization thresholds (Jain et al. 2020, arXiv:1903.08066): the step is a power of two.
#include <cmath>

#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include "models/quantizers/bipolar.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/least_error.h"

namespace bitloom::nn {
namespace {

/// Assumption: the decay of the second moment is Adam's.
constexpr double kMomentDecay = 0.999;
constexpr double kMomentFloor = 1e-12;

/// g -> tanh(g / sqrt(v)), with v the mean of past g^2, its start left out as Adam does: the
/// paper's normed gradient, by which a threshold learns at a rate that suits weights.
struct NormedGradient : torch::autograd::Function<NormedGradient> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& values,
                        const Tensor& second_moment, std::int64_t step) {
    context->save_for_backward({second_moment});
    context->saved_data["step"] = step;
    return values.clone();
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    const Tensor& gradient = gradients[0];
    Tensor second_moment = context->get_saved_variables()[0];
    const Tensor squared = gradient.square().to(second_moment.device());
    second_moment.mul_(kMomentDecay).add_(squared, 1 - kMomentDecay);
    const double weight =
        1 - std::pow(kMomentDecay, static_cast<double>(context->saved_data["step"].toInt() + 1));
    const Tensor deviation = (second_moment / weight + kMomentFloor).sqrt().to(gradient.device());
    return {(gradient / deviation).tanh(), Tensor(), Tensor()};
  }
};

/// s clip(round(x / s), n, p) with s = 2^ceil(log2 t) / 2^(b-1), of unsigned values
/// 2^ceil(log2 t) / 2^b (sec. 3). The gradient passes the ceiling: to log2 t it is s ln 2 times
/// round(x / s) - x / s where n <= round(x / s) <= p, there the gradient to x is 1, and s ln 2
/// times n or p outside, where that to x is 0.
class TrainedThreshold : public LearnedStepQuantizer {
 public:
  TrainedThreshold(const QuantizerTask& task, const LinearLevels& levels)
      : LearnedStepQuantizer(task, levels, "log2_t") {}

  Tensor quantize(const Tensor& x) override {
    const Tensor normed = NormedGradient::apply(learned_for(x), second_moment_, step_);
    return learned_step(x, step(normed), levels(), kRoundedToLevels);
  }

  void calibrate(const Tensor& values) override {
    LearnedStepQuantizer::calibrate(values);
    second_moment_.set_data(torch::zeros_like(state()[0].second.detach()));
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    auto all = LearnedStepQuantizer::state();
    all.emplace_back("second_moment", second_moment_);
    return all;
  }

  void at_step(const TrainingTime& time, const Tensor&) override {
    step_ = time.step;
    if (time.step == 0) second_moment_.zero_();
  }

 protected:
  /// The power of two of least squared error, log2 t in the middle of its interval. Assumption: the
  /// paper takes three standard deviations of the weights and the range of least divergence of the
  /// activations, at 4 and 8 bits.
  Tensor first(const Tensor& rows) const override {
    return least_error_log2_scale(rows, levels()) + log2_codes() - 0.5;
  }
  Tensor step(const Tensor& learned) const override {
    return straight_through(learned, learned.detach().ceil() - log2_codes()).exp2();
  }
  /// The logarithm of a threshold has any sign.
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override {
    if (name != "log2_t") {
      if (values.numel() > 0 && (values >= 0).all().item<bool>()) return std::nullopt;
      return "numbers that are not negative";
    }
    constexpr double kLeast = -126, kMost = 99;
    const Tensor wrong =
        values.masked_select(((values >= kLeast).logical_and_(values <= kMost)).logical_not_());
    if (wrong.numel() > 0)
      return fmt::format("numbers from {} to {}, got {:g}", kLeast, kMost, wrong[0].item<double>());
    return LearnedStepQuantizer::missed_by(name, torch::ones_like(values));
  }

 private:
  /// Of the codes from 0 up.
  int log2_codes() const { return levels().type.bits - (levels().lowest < 0 ? 1 : 0); }

  Tensor second_moment_ = torch::empty({0});
  std::int64_t step_ = 0;
};

}  // namespace

QuantizerKind tqt_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "tqt",
          .doc = "TQT: learned threshold, the step a power of two",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<TrainedThreshold>(task, signed_levels(task.bits));
          },
          .source = "Jain 2020, arXiv:1903.08066",
          .learned = "log2_t"};
}

QuantizerKind tqt_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "tqt",
          .doc = "TQT: learned threshold, the step a power of two",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<TrainedThreshold>(task, activation_levels(task));
          },
          .source = "Jain 2020, arXiv:1903.08066",
          .learned = "log2_t"};
}

}  // namespace bitloom::nn
