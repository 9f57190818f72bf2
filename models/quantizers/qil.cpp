// Quantization interval learning (Jung et al. 2019, arXiv:1808.05779): what is below an interval
// becomes 0, what is above it the largest level; both ends are learned.
#include <cmath>

#include "base/error.h"
#include "models/quantizers/bipolar.h"
#include "models/quantizers/learned_step.h"
#include "models/quantizers/least_error.h"

namespace bitloom::nn {
namespace {

constexpr double kLeastDistance = 1e-8;
constexpr double kLeastInside = 1e-6;  // of u, whose power has a gradient that is infinite at 0

enum class Exponent { kOne, kLearned };

/// u^gamma, 0 without gradients where u is 0.
Tensor power(const Tensor& u, const Tensor& gamma) {
  return torch::where(u > kLeastInside, u.clamp_min(kLeastInside).pow(gamma), torch::zeros_like(u));
}

/// The interval has the center c and reaches to the distance d. With u = alpha |x| + beta, alpha =
/// 0.5 / d and beta = 0.5 - 0.5 c / d, kept in [0, 1]: x -> m sign(x) round(q u^gamma) / q (sec.
/// 3; of unsigned values gamma = 1). The gradient passes the rounding.
///
/// Assumptions: m, the paper's 1, is the first interval's end c + d and stays, so that the network
/// keeps its scale where no batch norm follows. The gradients of c, d and gamma are multiplied by
/// LSQ's factor, in the place of a learning rate of their own.
class IntervalQuantizer : public Quantizer {
 public:
  IntervalQuantizer(const QuantizerTask& task, const LinearLevels& levels, Exponent exponent)
      : task_(task), levels_(levels), learns_gamma_(exponent == Exponent::kLearned) {}

  /// From 0 to the range of least squared error, gamma 1: linear levels.
  void calibrate(const Tensor& x) override {
    const torch::NoGradGuard no_gradient;
    require_finite(x);
    const Tensor rows = rows_of(x.detach(), task_.granularity);
    const Tensor range =
        range_of_rows(least_error_scale(rows, levels_, ScaleSign::kPositive) * levels_.steps, x,
                      task_.granularity);
    center_.set_data(range / 2);
    distance_.set_data(range / 2);
    gamma_.set_data(torch::ones_like(range));
    largest_.set_data(range.clone());
  }

  Tensor quantize(const Tensor& x) override {
    require_fit(x);
    const Tensor transformed = transform(x);
    return straight_through(transformed * largest_.to(x.device()),
                            codes_of_transformed(transformed) * scale().to(x.device()));
  }

  /// Of activations none: the hardware rounds x / step, which has no threshold c - d.
  std::optional<Codes> codes(const Tensor& x) override {
    if (task_.role == QuantizerTask::Role::kActivations) return std::nullopt;
    const torch::NoGradGuard no_gradient;
    require_fit(x);
    const Tensor scales = scale().to(torch::kDouble).cpu().contiguous();
    return Codes{levels_.type,
                 codes_of_transformed(transform(x)).to(torch::kInt),
                 {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    std::vector<std::pair<std::string, Tensor>> all{{"c", center_}, {"d", distance_}};
    if (learns_gamma_) all.emplace_back("gamma", gamma_);
    all.emplace_back("largest", largest_);
    return all;
  }

  void after_step() override { keep_from(distance_, kLeastDistance); }

 protected:
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override {
    if (name == "largest" || name == "d") return missed_as_ranges(values, task_.granularity);
    if (values.numel() == 0 || !torch::isfinite(values).all().item<bool>()) return "finite numbers";
    if (task_.granularity == QuantizerTask::Granularity::kLayer && values.numel() != 1)
      return "one number";
    return std::nullopt;
  }

 private:
  void require_fit(const Tensor& x) const {
    ensure(largest_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    for (const auto& [name, tensor] : state()) require_range_of(name, tensor, x);
  }

  Tensor scale() const { return largest_ / levels_.steps; }

  /// sign(x) u^gamma.
  Tensor transform(const Tensor& x) const {
    const double g = shared_gradient_scale(x, center_, task_, levels_);
    const auto learned = [&](const Tensor& of) {
      return with_gradient_scaled(of, g).to(x.device());
    };
    const bool is_signed = levels_.lowest < 0;
    const Tensor distance = kept_within(learned(distance_), kLeastDistance, INFINITY);
    const Tensor u =
        (((is_signed ? x.abs() : x) - learned(center_)) / (2 * distance) + 0.5).clamp(0, 1);
    const Tensor magnitude = learns_gamma_ ? power(u, learned(gamma_)) : u;
    return is_signed ? magnitude * x.detach().sign() : magnitude;
  }

  Tensor codes_of_transformed(const Tensor& transformed) const {
    return transformed.detach().mul(levels_.steps).round_().clamp_(levels_.lowest, levels_.highest);
  }

  QuantizerTask task_;
  LinearLevels levels_;
  bool learns_gamma_;
  Tensor center_ = torch::empty({0}, torch::requires_grad());
  Tensor distance_ = torch::empty({0}, torch::requires_grad());
  Tensor gamma_ = torch::empty({0}, torch::requires_grad());
  Tensor largest_ = torch::empty({0});  // m
};

}  // namespace

QuantizerKind qil_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "qil",
          .doc = "QIL: learned interval, 0 below it",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<IntervalQuantizer>(task, symmetric_levels(task.bits),
                                                       Exponent::kOne);
          },
          .source = "Jung 2019, arXiv:1808.05779",
          .learned = "c, d"};
}

QuantizerKind qil_gamma_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "qil-gamma",
          .doc = "QIL: learned interval and exponent",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<IntervalQuantizer>(task, symmetric_levels(task.bits),
                                                       Exponent::kLearned);
          },
          .source = "Jung 2019, arXiv:1808.05779",
          .learned = "c, d, gamma",
          .partner = "qil"};
}

QuantizerKind qil_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "qil",
          .doc = "QIL: learned interval, 0 below it",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<IntervalQuantizer>(
                task, task.is_signed ? symmetric_levels(task.bits) : unsigned_levels(task.bits),
                Exponent::kOne);
          },
          .source = "Jung 2019, arXiv:1808.05779",
          .learned = "c, d",
          .spacing = LevelSpacing::kShifted};
}

}  // namespace bitloom::nn
