#pragma once

#include "models/quantizers/planes.h"

namespace bitloom::nn {

/// Weights as planes of -1 and 1 that follow them, for the layer or for each filter. The gradient
/// is 1. One plane alone has codes.
class PlaneWeights : public Quantizer {
 public:
  explicit PlaneWeights(const QuantizerTask& task) : task_(task) {}

  void calibrate(const Tensor&) override {}
  Tensor quantize(const Tensor& w) override;
  std::optional<Codes> codes(const Tensor& w) override { return codes_of(*planes(w)); }
  std::optional<Planes> planes(const Tensor& w) override;

 protected:
  /// The planes of `rows` [rows][n], as many as bits().
  virtual PlaneFit fit(const Tensor& rows) const = 0;
  int bits() const { return task_.bits; }

 private:
  PlaneFit fit_of(const Tensor& w) const;

  QuantizerTask task_;
};

}  // namespace bitloom::nn
