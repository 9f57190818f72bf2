// Differentiable soft quantization (Gong et al. 2019, arXiv:1908.05033, sec. 3): rounding forward,
// and backward through a tanh in each interval between two levels.
#include <cmath>

#include "base/error.h"
#include "models/quantizers/least_error.h"
#include "models/quantizers/levels.h"

namespace bitloom::nn {
namespace {

constexpr double kFirstSteepness = 0.2;  // alpha: the less, the steeper is the tanh
/// Assumption: alpha is kept within these; the tanh needs it between 0 and 1.
constexpr double kLeastSteepness = 1e-3, kMostSteepness = 0.5;
constexpr double kLeastBound = 1e-6;

/// Codes lowest, lowest + spacing .. highest, and code * u / steps for a bound u. So l is
/// lowest * u / steps: the paper learns l beside u, which codes without a zero point cannot have.
struct SoftLevels {
  LinearLevels linear;
  int spacing;

  int intervals() const { return (linear.highest - linear.lowest) / spacing; }
};

SoftLevels soft_weight_levels(int bits) {
  const int steps = (1 << bits) - 1;
  return {{{integer::Encoding::kBipolar, bits}, -steps, steps, steps}, 2};
}

/// The bound u and alpha are one number, or one for each output channel. Both are learned.
class SoftQuantizer : public Quantizer {
 public:
  SoftQuantizer(const QuantizerTask& task, const SoftLevels& levels)
      : task_(task), levels_(levels) {}

  void calibrate(const Tensor& values) override {
    const torch::NoGradGuard no_gradient;
    require_finite(values);
    bound_.set_data(first_bound(values.detach()));
    steepness_.set_data(torch::full_like(bound_, kFirstSteepness));
  }

  /// Levels forward. Backward, with i the interval that x is in and m its middle,
  ///   l + Delta (i + (phi + 1) / 2), phi = tanh(k (x - m)) / (1 - alpha),
  ///   k = ln(2 / alpha - 1) / Delta,
  /// whose gradients reach x, u and alpha; x beyond a bound has that bound's.
  Tensor quantize(const Tensor& x) override {
    ensure(bound_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    require_range_of("bound", bound_, x);
    require_range_of("steepness", steepness_, x);
    const Tensor bound = kept_within(bound_, kLeastBound, INFINITY).to(x.device());
    const Tensor alpha = kept_within(steepness_, kLeastSteepness, kMostSteepness).to(x.device());
    const Tensor scale = bound / levels_.linear.steps;
    const Tensor position = place(x, scale);
    const Tensor interval = position.detach().floor().clamp_(0, levels_.intervals() - 1);
    const Tensor phi =
        (torch::log(2 / alpha - 1) * (position - interval - 0.5)).tanh() / (1 - alpha);
    const Tensor soft =
        scale * (levels_.linear.lowest + levels_.spacing * (interval + (phi + 1) / 2));
    return straight_through(soft, code_at(position.detach()).mul_(scale.detach()));
  }

  std::optional<Codes> codes(const Tensor& x) override {
    const torch::NoGradGuard no_gradient;
    const Tensor scale = this->scale();
    const Tensor scales = scale.to(torch::kDouble).cpu().contiguous();
    return Codes{levels_.linear.type,
                 code_at(place(x, scale.to(x.device()))).to(torch::kInt),
                 {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
  }

  std::optional<double> activation_scale() const override {
    if (task_.role == QuantizerTask::Role::kWeights) return std::nullopt;
    return scale().item<double>();
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    return {{"bound", bound_}, {"steepness", steepness_}};
  }

  void after_step() override {
    keep_from(bound_, kLeastBound);
    keep_from(steepness_, kLeastSteepness);
  }

 protected:
  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    return missed_as_ranges(values, task_.granularity);
  }

 private:
  /// Of weights the largest magnitude. Of activations the range of least squared error: of 2 bits
  /// up to the largest, most values would be 0, and a training does not come back from that.
  Tensor first_bound(const Tensor& values) const {
    if (task_.role == QuantizerTask::Role::kActivations)
      return least_error_range(values, levels_.linear).reshape({});
    return usable_range(largest_magnitude(values, task_.granularity));
  }

  Tensor scale() const { return bound_.detach().clamp_min(kLeastBound) / levels_.linear.steps; }

  /// Intervals from l to x; from 0 to their number.
  Tensor place(const Tensor& x, const Tensor& scale) const {
    return ((x / scale - levels_.linear.lowest) / levels_.spacing).clamp(0, levels_.intervals());
  }

  /// The code of the level that is nearest; the upper one of two.
  Tensor code_at(const Tensor& position) const {
    const Tensor interval = position.floor();
    const Tensor level = interval + (position - interval >= 0.5).to(position.scalar_type());
    return level * levels_.spacing + levels_.linear.lowest;
  }

  QuantizerTask task_;
  SoftLevels levels_;
  Tensor bound_ = torch::empty({0}, torch::requires_grad());
  Tensor steepness_ = torch::empty({0}, torch::requires_grad());
};

}  // namespace

QuantizerKind dsq_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "dsq",
          .doc = "DSQ: learned bound, gradients through a tanh for each interval",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<SoftQuantizer>(task, soft_weight_levels(task.bits));
          },
          .source = "Gong 2019, arXiv:1908.05033",
          .learned = "bound, steepness",
          .spacing = LevelSpacing::kOdd};
}

QuantizerKind dsq_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "dsq",
          .doc = "DSQ: learned bound, gradients through a tanh for each interval",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<SoftQuantizer>(task, SoftLevels{activation_levels(task), 1});
          },
          .source = "Gong 2019, arXiv:1908.05033",
          .learned = "bound, steepness"};
}

}  // namespace bitloom::nn
