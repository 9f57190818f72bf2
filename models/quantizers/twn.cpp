// Ternary weight networks (Li, Zhang, Liu 2016, arXiv:1605.04711).
#include "models/quantizers/levels.h"
#include "models/quantizers/ternary.h"

namespace bitloom::nn {
namespace {

/// alpha sign(w) where |w| > Delta, else 0: Delta = 0.7 mean|w|, and alpha = mean|w| of those
/// beyond it. Both follow the weights; the gradient is 1.
class TernaryWeights : public Quantizer {
 public:
  explicit TernaryWeights(const QuantizerTask& task) : granularity_(task.granularity) {}

  void calibrate(const Tensor&) override {}

  Tensor quantize(const Tensor& w) override {
    const Levels levels = levels_for(w);
    return straight_through(w, levels.signs * levels.scale);
  }

  std::optional<Codes> codes(const Tensor& w) override {
    const Levels levels = levels_for(w);
    const Tensor scales = levels.scale.to(torch::kDouble).cpu().contiguous();
    return Codes{integer::signed_codes(2),
                 levels.signs.to(torch::kInt),
                 {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
  }

 private:
  struct Levels {
    Tensor signs, scale;
  };

  Levels levels_for(const Tensor& w) const {
    constexpr double kShare = 0.7;
    const torch::NoGradGuard no_gradient;
    const Tensor magnitudes = rows_of(w.detach().abs(), granularity_);
    const Tensor threshold = range_of_rows(kShare * magnitudes.mean(1), w, granularity_);
    const Tensor signs = signs_beyond(w.detach(), threshold);
    return {signs, usable_range(mean_magnitude_where(w, signs != 0, granularity_))};
  }

  QuantizerTask::Granularity granularity_;
};

}  // namespace

QuantizerKind twn_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "twn",
          .doc = "TWN: 0 up to 0.7 mean|w|, one magnitude beyond",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<TernaryWeights>(task);
          },
          .source = "Li 2016, arXiv:1605.04711",
          .least_bits = 2,
          .most_bits = 2};
}

}  // namespace bitloom::nn
