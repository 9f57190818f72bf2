// Trained ternary quantization (Zhu et al. 2017, arXiv:1612.01064): both levels beside 0 are
// learned.
#include <cmath>

#include "base/error.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/planes.h"
#include "models/quantizers/ternary.h"

namespace bitloom::nn {
namespace {

constexpr double kLeastLevel = 1e-8;

/// W_p where w > Delta, -W_n where w < -Delta, else 0, with Delta = 0.05 max|w|. The gradients to
/// W_p and W_n are the sums over their sets; to w it is W_p, 1 and W_n times that of the level
/// above, between and below.
///
/// Assumptions: W_p and W_n begin as the means of |w| over their sets. Their gradients are
/// multiplied by LSQ's factor, in the place of a learning rate of their own.
class TrainedTernaryWeights : public Quantizer {
 public:
  explicit TrainedTernaryWeights(const QuantizerTask& task) : task_(task) {}

  void calibrate(const Tensor& w) override {
    const torch::NoGradGuard no_gradient;
    require_finite(w);
    const Tensor signs = signs_of(w);
    const auto level = [&](const Tensor& chosen) {
      return usable_range(mean_magnitude_where(w, chosen, task_.granularity));
    };
    positive_.set_data(level(signs > 0));
    negative_.set_data(level(signs < 0));
  }

  Tensor quantize(const Tensor& w) override {
    require_fit(w);
    const Tensor signs = signs_of(w);
    const Tensor above = signs.clamp_min(0), below = signs.clamp_max(0);
    const Tensor levels = above * learned(positive_, w) + below * learned(negative_, w);
    const Tensor factor = torch::where(signs == 0, torch::ones_like(signs), levels.detach().abs());
    return levels + straight_through(w * factor, torch::zeros_like(w));
  }

  std::optional<Codes> codes(const Tensor&) override { return std::nullopt; }

  std::optional<Planes> planes(const Tensor& w) override {
    const torch::NoGradGuard no_gradient;
    require_fit(w);
    const Tensor signs = signs_of(w);
    const Tensor basis = torch::stack({level(positive_).flatten(), -level(negative_).flatten()}, 1);
    const Tensor patterns = (signs > 0).to(torch::kLong) + 2 * (signs < 0).to(torch::kLong);
    return planes_of(basis.to(torch::kDouble), patterns, PlaneBits::kZeroOne);
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    return {{"w_p", positive_}, {"w_n", negative_}};
  }

  void after_step() override {
    for (const auto& [name, levels] : state()) keep_from(levels, kLeastLevel);
  }

 protected:
  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    return missed_as_ranges(values, task_.granularity);
  }

 private:
  Tensor signs_of(const Tensor& w) const {
    constexpr double kShare = 0.05;
    return signs_beyond(w.detach(), kShare * largest_magnitude(w, task_.granularity));
  }

  static Tensor level(const Tensor& learned) { return kept_within(learned, kLeastLevel, INFINITY); }

  Tensor learned(const Tensor& state, const Tensor& w) const {
    const double g = shared_gradient_scale(w, state, task_, symmetric_levels(task_.bits));
    return level(with_gradient_scaled(state, g)).to(w.device());
  }

  void require_fit(const Tensor& w) const {
    ensure(positive_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    for (const auto& [name, tensor] : state()) require_range_of(name, tensor, w);
  }

  QuantizerTask task_;
  Tensor positive_ = torch::empty({0}, torch::requires_grad());  // W_p
  Tensor negative_ = torch::empty({0}, torch::requires_grad());  // W_n
};

}  // namespace

QuantizerKind ttq_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "ttq",
          .doc = "TTQ: 0, and a learned level on each side",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<TrainedTernaryWeights>(task);
          },
          .source = "Zhu 2017, arXiv:1612.01064",
          .learned = "w_p, w_n",
          .spacing = LevelSpacing::kPlanes,
          .least_bits = 2,
          .most_bits = 2};
}

}  // namespace bitloom::nn
