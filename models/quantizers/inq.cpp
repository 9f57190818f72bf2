// Incremental network quantization (Zhou et al. 2017, arXiv:1702.03044): weights become powers of
// two part by part, the largest first, while those that are still free train on.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "models/quantizers/bipolar.h"
#include "models/quantizers/levels.h"

namespace bitloom::nn {
namespace {

/// The shares of the weights that are fixed in the quarters of a training: ResNet-18's (table 1).
/// Assumption: quarters of equal length.
constexpr std::array kFixedShares{0.5, 0.75, 0.875, 1.0};

/// The share that is fixed while step `step` of `steps` runs. The last step is in the last quarter.
double fixed_share(std::int64_t step, std::int64_t steps) {
  const auto quarters = static_cast<std::int64_t>(kFixedShares.size());
  return kFixedShares[static_cast<std::size_t>((quarters * (step + 1) - 1) / steps)];
}

/// Levels 0 and +-2^n2 .. +-2^n1 with n1 = floor(log2(4 max|w| / 3)) and n2 = n1 + 1 - 2^(b-1) / 2
/// (sec. 2.1).
class IncrementalWeights : public Quantizer {
 public:
  explicit IncrementalWeights(const QuantizerTask& task) : bits_(task.bits) {
    if (task.granularity == QuantizerTask::Granularity::kChannel)
      throw UserError("quantizer 'inq': has levels for each layer, not for each channel");
  }

  /// Fixes all weights: what they are without training.
  void calibrate(const Tensor& w) override {
    require_finite(w);
    largest_.set_data(
        nearest_power(usable_range(largest_magnitude(w, QuantizerTask::Granularity::kLayer))));
    free_all(w);
    fix(w, 1);
  }

  Tensor quantize(const Tensor& w) override {
    require_levels_of(w);
    return torch::where(fixed_.to(w.device()) > 0, level_.to(w.device()), w);
  }

  /// Multiples of 2^n2, which leave b bits from 4 on.
  std::optional<Codes> codes(const Tensor& w) override {
    if (bits_ > kMostCodeBits || !settled()) return std::nullopt;
    require_levels_of(w);
    const double scale = smallest();
    return Codes{integer::signed_codes(bits_), (level_ / scale).to(torch::kInt), {scale}};
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    return {{"largest", largest_}, {"fixed", fixed_}, {"level", level_}};
  }

  void at_step(const TrainingTime& time, const Tensor& weights) override {
    const double share = fixed_share(time.step, time.steps);
    if (time.step == 0)
      free_all(weights);
    else if (fixed_share(time.step - 1, time.steps) == share)
      return;
    fix(weights, share);
  }

  bool settled() const override { return (fixed_ > 0).all().item<bool>(); }

 protected:
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override {
    if (name == "largest") return missed_as_ranges(values, QuantizerTask::Granularity::kLayer);
    if (values.numel() == 0) return "numbers";
    return std::nullopt;
  }

 private:
  static constexpr int kMostCodeBits = 3;

  /// 2^k for |w| in [3/4 2^k, 3/2 2^k). |w| = m 2^e with m in [1/2, 1), so that |w| / m is
  /// a power of two, and exact.
  static Tensor nearest_power(const Tensor& magnitude) {
    const auto [mantissa, exponent] = torch::frexp(magnitude);
    const Tensor above = magnitude / mantissa;
    return torch::where(mantissa < 0.75, above / 2, above);
  }

  /// 2^n2; in single precision 2^-126 at least.
  double smallest() const {
    const double powers = std::exp2(bits_ - 2);  // n1 - n2 + 1
    return std::max(std::ldexp(1.0, -126), largest_.item<double>() * std::exp2(1 - powers));
  }

  /// Between 0 and the smallest level the middle is the limit, too.
  Tensor nearest_level(const Tensor& w) const {
    const Tensor magnitude = w.abs();
    const Tensor level =
        nearest_power(magnitude).clamp(smallest(), largest_.item<double>()) * w.sign();
    return torch::where(magnitude < smallest() / 2, torch::zeros_like(w), level);
  }

  void free_all(const Tensor& w) {
    fixed_.set_data(torch::zeros_like(w.detach()));
    level_.set_data(torch::zeros_like(w.detach()));
  }

  /// Fixes the largest weights that are free, until `share` of all are fixed.
  void fix(const Tensor& weights, double share) {
    const Tensor w = weights.detach();
    require_levels_of(w);
    const auto count = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(w.numel())));
    const Tensor rank = torch::where(fixed_ > 0, torch::full_like(w, INFINITY), w.abs());
    const Tensor chosen =
        rank.flatten().argsort(/*stable=*/true, 0, /*descending=*/true).narrow(0, 0, count);
    const Tensor fixed = torch::zeros_like(w).flatten().index_fill(0, chosen, 1).reshape_as(w);
    const Tensor is_new = (fixed > 0).logical_and(fixed_ == 0);
    level_.set_data(torch::where(is_new, nearest_level(w), level_));
    fixed_.set_data(fixed);
  }

  void require_levels_of(const Tensor& w) const {
    ensure(largest_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    require_one_for_each("fixed", fixed_, w);
    require_one_for_each("level", level_, w);
  }

  int bits_;
  Tensor largest_ = torch::empty({0});
  Tensor fixed_ = torch::empty({0});  // 1 where a weight is fixed, else 0
  Tensor level_ = torch::empty({0});  // of the fixed ones
};

}  // namespace

QuantizerKind inq_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "inq",
          .doc = "INQ: powers of two, fixed part by part while training",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<IncrementalWeights>(task);
          },
          .source = "Zhou 2017, arXiv:1702.03044",
          .spacing = LevelSpacing::kPowersOfTwo};
}

}  // namespace bitloom::nn
