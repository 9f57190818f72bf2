#pragma once

#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {

/// The lowest and the highest codes: tensors of one element, or of one for each row or channel.
struct CodeBounds {
  torch::Tensor lowest, highest;
};

/// Weights whose levels can be chosen from outside, as post-training methods do.
class FittableWeights {
 public:
  virtual ~FittableWeights() = default;
  /// Between levels, negative or positive: one element, or [channels][1][1][1] as the weights.
  virtual torch::Tensor scale() const = 0;
  /// The codes that there are: one element, or as many as scales.
  virtual CodeBounds bounds() const = 0;
  /// From now on `weights` are `codes` (integers within the bounds, of the weights' shape) times
  /// `scale`.
  virtual void fit_to(const torch::Tensor& weights, const torch::Tensor& codes,
                      const torch::Tensor& scale) = 0;

  bool has_one_scale() const { return scale().numel() == 1; }
};

/// Weights on signed levels scale * code, code in [-2^(bits-1), 2^(bits-1) - 1], whose scale has
/// the sign that suits each channel: the further end then lies where the largest weights are.
///
/// Its levels can be chosen from outside, as post-training methods do (fit_to): the weights are
/// then quantized as w + shift, where the shift is kept. A training that follows moves w, and the
/// levels with it.
class LeastErrorWeights : public Quantizer, public FittableWeights {
 public:
  explicit LeastErrorWeights(const QuantizerTask& task);

  /// The scales of least squared error for `values`, with nothing shifted.
  void calibrate(const torch::Tensor& values) override;
  torch::Tensor quantize(const torch::Tensor& values) override;
  std::optional<Codes> codes(const torch::Tensor& values) override;
  std::vector<std::pair<std::string, torch::Tensor>> state() const override;

  const LinearLevels& levels() const { return levels_; }
  QuantizerTask::Granularity granularity() const { return task_.granularity; }
  torch::Tensor scale() const override { return scale_; }
  CodeBounds bounds() const override;
  void fit_to(const torch::Tensor& weights, const torch::Tensor& codes,
              const torch::Tensor& scale) override;

 protected:
  std::optional<std::string> missed_by(const std::string& name,
                                       const torch::Tensor& values) const override;

 private:
  torch::Tensor shifted(const torch::Tensor& values) const;
  torch::Tensor range_for(const torch::Tensor& values) const;

  QuantizerTask task_;
  LinearLevels levels_;
  torch::Tensor scale_ = torch::empty({0});
  torch::Tensor shift_ = torch::empty({0});  // no element: 0
};

enum class ScaleSign { kPositive, kEither };

/// The scale of least squared error |scale * nearest code - values|^2, for each row of `values`
/// [rows][n]: [rows][1]. Rows of zeros alone have some scale.
torch::Tensor least_error_scale(const torch::Tensor& values, const LinearLevels& levels,
                                ScaleSign sign);
/// The same, each row with codes of its own: bounds of [rows][1].
torch::Tensor least_error_scale(const torch::Tensor& values, const CodeBounds& bounds,
                                ScaleSign sign);
/// The range of least squared error of activations, from some thousands of `values`: one number.
Tensor least_error_range(const Tensor& values, const LinearLevels& levels);

/// log2 of the power of two that loses least as the positive scale of each row: [rows][1].
Tensor least_error_log2_scale(const Tensor& values, const LinearLevels& levels);

}  // namespace bitloom::nn
