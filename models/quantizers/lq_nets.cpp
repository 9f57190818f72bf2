// LQ-Nets (Zhang et al. 2018, arXiv:1807.10029): levels are all the sums of a basis of real
// numbers, which follows the values by quantization error minimization (QEM, sec. 3.3).
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "models/quantizers/levels.h"
#include "models/quantizers/planes.h"

namespace bitloom::nn {
namespace {

constexpr double kKept = 0.9;  // of the basis at each step of a training (sec. 4.1)
constexpr double kQuartile = 0.6745;
constexpr int kMostRounds = 50;
/// What the first basis is multiplied with; the best for each filter stays. The paper's reaches to
/// 1.4 deviations, and from 5 bits on QEM does not lead further.
constexpr std::array kFirstWidths{1.0, 1.5, 2.0, 3.0};

/// Q(x) = v^T e for the nearest of all v^T e (eq. 5), e in {-1, 1}^K of weights and of activations
/// with a sign, in {0, 1}^K of others. In a training each step's values move the basis v: with
/// their codes B of the old basis, v <- 0.9 v + 0.1 (B B^T + d I)^-1 (B x + d v) (eq. 8, T = 1).
///
/// Assumption: calibrate() goes on with eq. 8, without the average, until no value changes its
/// level, so that a trained network has levels that suit it. The paper begins with fresh weights.
class LearnedBasis : public Quantizer {
 public:
  explicit LearnedBasis(const QuantizerTask& task)
      : task_(task), kind_(task.is_signed ? PlaneBits::kSigns : PlaneBits::kZeroOne) {}

  void calibrate(const Tensor& values) override {
    const torch::NoGradGuard no_gradient;
    require_finite(values);
    const Tensor rows = rows_of(values.detach(), task_.granularity);
    Tensor basis, least;
    for (const double width : kFirstWidths) {
      const PlaneFit fit = alternated(rows, width * first_basis(rows), kind_, kMostRounds);
      const Tensor error = (levels_of_patterns(fit.basis, fit.patterns, kind_) - rows)
                               .square()
                               .sum(1, /*keepdim=*/true, torch::kDouble);
      const bool is_first = !least.defined();
      basis = is_first ? fit.basis : torch::where(error < least, fit.basis, basis);
      least = is_first ? error : torch::minimum(error, least);
    }
    basis_.set_data(basis.to(torch::kCPU, torch::kFloat));
  }

  /// On the basis before the step moves it, as algorithm 1. The gradient is 1; of activations
  /// between the lowest and the highest level, else 0.
  Tensor quantize(const Tensor& x) override {
    require_fit(x);
    const Tensor basis = basis_.to(x.device(), torch::kDouble);
    const Tensor rows = rows_of(x.detach(), task_.granularity);
    const Tensor patterns = nearest_patterns(rows, basis, kind_);
    const Tensor levels = levels_of_patterns(basis, patterns, kind_).reshape(x.sizes());
    if (moves_) basis_.set_data(moved(basis, rows, patterns));
    moves_ = false;
    return straight_through(within_levels(x, basis), levels);
  }

  /// Of one plane: as hardware has bipolar codes of weights alone, and unsigned ones.
  std::optional<Codes> codes(const Tensor& x) override {
    return has_codes() ? codes_of(*planes(x)) : std::nullopt;
  }
  std::optional<double> activation_scale() const override {
    if (task_.role == QuantizerTask::Role::kWeights || !has_codes()) return std::nullopt;
    return basis_.item<double>();
  }

  std::optional<Planes> planes(const Tensor& x) override {
    require_fit(x);
    const Tensor basis = basis_.to(x.device(), torch::kDouble);
    return planes_of(
        basis,
        nearest_patterns(rows_of(x.detach(), task_.granularity), basis, kind_).reshape(x.sizes()),
        kind_);
  }

  std::vector<std::pair<std::string, Tensor>> state() const override { return {{"basis", basis_}}; }

  void at_step(const TrainingTime&, const Tensor&) override { moves_ = true; }

 protected:
  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    const bool is_basis = values.dim() == 2 && values.size(1) == task_.bits && values.size(0) > 0;
    if (is_basis && torch::isfinite(values).all().item<bool>()) return std::nullopt;
    return fmt::format("rows of {} finite numbers", task_.bits);
  }

 private:
  bool has_codes() const {
    if (task_.bits > 1) return false;
    return task_.role == QuantizerTask::Role::kWeights ||
           (kind_ == PlaneBits::kZeroOne && basis_.item<double>() > 0);
  }

  /// Levels at equal distances. The paper's first values (0.6745 * 2 / (2^K - 1) * 2^i of
  /// activations, 0.6745 sqrt(2 / n) / 2^(K-1) * 2^i of weights) are those of a batch norm's
  /// variance 1 and of fresh weights' 2 / n; the deviation of the values takes their place.
  Tensor first_basis(const Tensor& rows) const {
    const bool is_half = kind_ == PlaneBits::kZeroOne;  // of a Gaussian that a ReLU cut
    const Tensor squares = rows.square().mean(1, /*keepdim=*/true).to(torch::kDouble);
    const Tensor deviation = usable_range((is_half ? 2 * squares : squares).sqrt());
    const double unit = is_half ? 2 * kQuartile / (std::exp2(task_.bits) - 1)
                                : kQuartile / std::exp2(task_.bits - 1);
    return deviation * unit * torch::exp2(torch::arange(task_.bits, deviation.options()));
  }

  Tensor moved(const Tensor& basis, const Tensor& rows, const Tensor& patterns) const {
    const torch::NoGradGuard no_gradient;
    const Tensor fitted = fitted_basis(rows, patterns, basis, kind_);
    return (kKept * basis + (1 - kKept) * fitted).to(torch::kCPU, torch::kFloat);
  }

  Tensor within_levels(const Tensor& x, const Tensor& basis) const {
    if (task_.role == QuantizerTask::Role::kWeights) return x;
    const Tensor levels = levels_of(basis, kind_);
    return x.clamp(levels.min().item(), levels.max().item());
  }

  void require_fit(const Tensor& x) const {
    ensure(basis_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    const std::int64_t rows =
        task_.granularity == QuantizerTask::Granularity::kLayer ? 1 : x.size(0);
    if (basis_.size(0) != rows)
      throw UserError(fmt::format("quantizer state 'basis': has {} rows, the values have {}",
                                  basis_.size(0), rows));
  }

  QuantizerTask task_;
  PlaneBits kind_;
  Tensor basis_ = torch::empty({0, 0});
  bool moves_ = false;  // whether the next values are those of a training's step
};

}  // namespace

QuantizerKind lq_nets_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "lq-nets",
          .doc = "LQ-Nets: sums of a basis, which follows the weights",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<LearnedBasis>(task);
          },
          .source = "Zhang 2018, arXiv:1807.10029",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 7,
          .granularity = QuantizerTask::Granularity::kChannel};
}

QuantizerKind lq_nets_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "lq-nets",
          .doc = "LQ-Nets: sums of a basis, which follows the activations",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<LearnedBasis>(task);
          },
          .source = "Zhang 2018, arXiv:1807.10029",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 7};
}

}  // namespace bitloom::nn
