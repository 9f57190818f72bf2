#pragma once

#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

/// Activations as their sign: 1 above 0, else -1, so that a ReLU leaves the signs as they are. The
/// gradient is 1 for |x| <= 1, else 0 (Hubara et al. 2016, arXiv:1602.02830).
class SignActivations : public Quantizer {
 public:
  void calibrate(const Tensor&) override {}
  Tensor quantize(const Tensor& x) override;
  std::optional<Codes> codes(const Tensor&) override { return std::nullopt; }
  std::optional<Planes> planes(const Tensor& x) override;

 protected:
  /// What signs are multiplied with.
  virtual double scale() const { return 1; }
};

}  // namespace bitloom::nn
