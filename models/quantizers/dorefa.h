#pragma once

#include "models/quantizers/levels.h"

namespace bitloom::nn {

/// w = 2 q_k(tanh w / (2 max|tanh w|) + 1/2) - 1 with q_k(x) = round((2^k - 1) x) / (2^k - 1),
/// whose gradient is 1. The levels are the odd multiples of 1 / (2^k - 1): k-bit bipolar codes.
class DorefaWeights : public Quantizer {
 public:
  explicit DorefaWeights(const QuantizerTask& task)
      : granularity_(task.granularity), bits_(task.bits), steps_((1 << task.bits) - 1) {}

  void calibrate(const Tensor&) override {}
  Tensor quantize(const Tensor& w) override;
  std::optional<Codes> codes(const Tensor& w) override;

 protected:
  /// What the levels, which `codes` are of, are multiplied with; it has no gradient.
  virtual double largest_level(const Tensor& /*codes*/) const { return 1; }
  int bits() const { return bits_; }
  int steps() const { return steps_; }
  /// tanh w / max|tanh w|, in [-1, 1]. Its gradient is whole: that of the maximum included.
  Tensor bound(const Tensor& w) const;
  /// The codes of bounded weights, and the level that a code of 1 is.
  virtual Tensor bipolar(const Tensor& bounded) const;
  virtual double scale(double largest) const;

 private:
  QuantizerTask::Granularity granularity_;
  int bits_, steps_;
};

}  // namespace bitloom::nn
