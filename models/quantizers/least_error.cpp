// Ranges of least squared error: what lies outside is clipped where that is the smaller loss.
#include "models/quantizers/least_error.h"

#include <algorithm>

#include "base/error.h"
#include "models/quantizers/bipolar.h"

namespace bitloom::nn {
namespace {

constexpr int kScales = 80;   // tried, from that of the largest value down to an 80th of it
constexpr int kNearest = 12;  // then about the best, less than one of those steps away
constexpr std::int64_t kActivations = 1 << 15;  // of a sample, evenly spread

Tensor codes_at(const Tensor& values, const Tensor& scale, const CodeBounds& bounds) {
  return (values / scale).round_().clamp_(bounds.lowest, bounds.highest);
}

CodeBounds bounds_of(const LinearLevels& levels, const torch::TensorOptions& options) {
  return {torch::full({1}, levels.lowest, options), torch::full({1}, levels.highest, options)};
}

Tensor sum_of_rows(const Tensor& each) { return each.sum(1, /*keepdim=*/true); }

/// The best of the scales tried so far, row by row.
class BestScale {
 public:
  BestScale(const Tensor& values, const CodeBounds& bounds) : values_(values), bounds_(bounds) {}

  void try_scale(const Tensor& scale) {
    const Tensor codes = codes_at(values_, scale, bounds_);
    keep_better(scale, codes);
    // For these codes the best scale is <w, q> / <q, q>.
    const Tensor squares = sum_of_rows(codes * codes).clamp_min(1e-30);
    const Tensor fitted = sum_of_rows(codes * values_) / squares;
    const Tensor usable = torch::where(fitted * scale > 0, fitted, scale);
    keep_better(usable, codes_at(values_, usable, bounds_));
  }
  const Tensor& scale() const { return scale_; }

 private:
  void keep_better(const Tensor& scale, const Tensor& codes) {
    const Tensor error = sum_of_rows((codes * scale - values_).square_());
    if (!scale_.defined()) {
      scale_ = scale.clone();
      error_ = error;
      return;
    }
    const Tensor better = error < error_;
    scale_ = torch::where(better, scale, scale_);
    error_ = torch::where(better, error, error_);
  }

  Tensor values_;
  CodeBounds bounds_;
  Tensor scale_, error_;
};

}  // namespace

Tensor least_error_scale(const Tensor& values, const LinearLevels& levels, ScaleSign sign) {
  return least_error_scale(values, bounds_of(levels, values.options()), sign);
}

Tensor least_error_scale(const Tensor& values, const CodeBounds& bounds, ScaleSign sign) {
  const Tensor largest = values.abs().amax(1, /*keepdim=*/true);
  const Tensor widest = torch::where(largest > 1e-30, largest, torch::ones_like(largest)) /
                        bounds.highest.clamp_min(1);
  BestScale best(values, bounds);
  const Tensor step = widest / kScales;
  for (int i = kScales; i > 0; --i) {
    best.try_scale(step * i);
    if (sign == ScaleSign::kEither) best.try_scale(step * -i);
  }
  const Tensor about = best.scale();
  for (int i = 1; i < kNearest; ++i) {
    const Tensor near = about + step * (2.0 * i / kNearest - 1);
    best.try_scale(torch::where(near * about > 0, near, about));
  }
  return best.scale();
}

Tensor least_error_range(const Tensor& values, const LinearLevels& levels) {
  const std::int64_t every = ((values.numel() + kActivations - 1) / kActivations) | 1;
  const Tensor row = values.flatten().slice(0, 0, {}, every).unsqueeze(0);
  return least_error_scale(row, levels, ScaleSign::kPositive).squeeze(0).mul_(levels.steps);
}

Tensor least_error_log2_scale(const Tensor& values, const LinearLevels& levels) {
  const Tensor below = least_error_scale(values, levels, ScaleSign::kPositive).log2().floor();
  const CodeBounds bounds = bounds_of(levels, values.options());
  const auto error = [&](const Tensor& log2_scale) {
    const Tensor scale = log2_scale.exp2();
    return sum_of_rows((codes_at(values, scale, bounds) * scale - values).square_());
  };
  return torch::where(error(below) <= error(below + 1), below, below + 1);
}

LeastErrorWeights::LeastErrorWeights(const QuantizerTask& task)
    : task_(task), levels_(signed_levels(task.bits)) {}

void LeastErrorWeights::calibrate(const Tensor& values) {
  const torch::NoGradGuard no_gradient;
  require_finite(values);
  const bool is_one = task_.granularity == QuantizerTask::Granularity::kLayer;
  const Tensor rows = is_one ? values.reshape({1, -1}) : values.flatten(1);
  const Tensor scale = least_error_scale(rows, levels_, ScaleSign::kEither);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
  shape[0] = rows.size(0);
  scale_.set_data(is_one ? scale.flatten() : scale.reshape(shape));
  shift_.set_data(torch::empty({0}));
}

CodeBounds LeastErrorWeights::bounds() const { return bounds_of(levels_, scale_.options()); }

void LeastErrorWeights::fit_to(const Tensor& weights, const Tensor& codes, const Tensor& scale) {
  const torch::NoGradGuard no_gradient;
  scale_.set_data(scale.detach().clone());
  shift_.set_data(codes * scale - weights.detach());
}

Tensor LeastErrorWeights::shifted(const Tensor& values) const {
  if (shift_.numel() == 0) return values;
  require_one_for_each("shift", shift_, values);
  return values + shift_.to(values.device());
}

Tensor LeastErrorWeights::range_for(const Tensor& values) const {
  ensure(scale_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
  require_range_of("scale", scale_, values);
  return scale_.to(values.device()) * levels_.steps;
}

Tensor LeastErrorWeights::quantize(const Tensor& values) {
  return nearest_levels(shifted(values), range_for(values), levels_);
}

std::optional<Codes> LeastErrorWeights::codes(const Tensor& values) {
  return codes_of(shifted(values), range_for(values), levels_);
}

std::vector<std::pair<std::string, Tensor>> LeastErrorWeights::state() const {
  return {{"scale", scale_}, {"shift", shift_}};
}

std::optional<std::string> LeastErrorWeights::missed_by(const std::string& name,
                                                        const Tensor& values) const {
  if (!torch::isfinite(values).all().item<bool>()) return "finite numbers";
  if (name == "shift") return std::nullopt;
  if (values.numel() == 0 || !(values != 0).all().item<bool>()) return "numbers other than 0";
  return missed_as_ranges(values.abs(), task_.granularity);
}

QuantizerKind least_error_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "least-error",
          .doc = "linear, scales of least squared error with the sign that suits each channel",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<LeastErrorWeights>(task);
          },
          .granularity = QuantizerTask::Granularity::kChannel};
}

QuantizerKind least_error_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "least-error",
          .doc = "linear, to the range of least squared error on a sample",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<CalibratedQuantizer>(
                task, activation_levels(task),
                [](const Tensor& values, const QuantizerTask&, const LinearLevels& levels) {
                  return least_error_range(values, levels);
                });
          }};
}

}  // namespace bitloom::nn
