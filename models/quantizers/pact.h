#pragma once

#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {

/// Activations clipped at a learned alpha, which must not pass 0 on its way. alpha is 8 at first,
/// and after calibrate() the range of least squared error: at few bits a wider one makes 0 of most
/// values, and only what it clips would move it.
class PactActivations : public LinearQuantizer {
 public:
  static constexpr double kLeastAlpha = 1e-6;

  using LinearQuantizer::LinearQuantizer;

  void calibrate(const Tensor& x) override;
  Tensor quantize(const Tensor& x) override;
  std::vector<std::pair<std::string, Tensor>> state() const override { return {{"alpha", alpha_}}; }
  Tensor penalty() const override;
  void after_step() override;

 protected:
  const Tensor& alpha() const { return alpha_; }
  Tensor range() const override;
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override;

 private:
  Tensor alpha_ = torch::full({}, 8.0, torch::requires_grad());
};

}  // namespace bitloom::nn
