#pragma once

#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

/// Weights as their sign times a scale that follows them; 0 counts as positive. The gradient is 1.
class BipolarWeights : public Quantizer {
 public:
  explicit BipolarWeights(const QuantizerTask& task) : granularity_(task.granularity) {}

  void calibrate(const Tensor&) override {}
  Tensor quantize(const Tensor& w) override;
  std::optional<Codes> codes(const Tensor& w) override;

 protected:
  static Tensor signs(const Tensor& w);
  /// mean|w|: one number, or one for each output channel as levels.h says; positive.
  virtual Tensor scale(const Tensor& w) const;
  QuantizerTask::Granularity granularity() const { return granularity_; }

 private:
  QuantizerTask::Granularity granularity_;
};

/// What most quantizers make of one bit: mean|w| * sign(w) (DoReFa-Net, arXiv:1606.06160,
/// sec. 2.3).
MadeQuantizer bipolar_weights(const QuantizerTask& task);

}  // namespace bitloom::nn
