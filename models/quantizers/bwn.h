#pragma once

#include "models/quantizers/bipolar.h"

namespace bitloom::nn {

/// mean|w| sign(w) with the gradient to w that the paper has (XNOR-Net, arXiv:1603.05279, sec.
/// 3.1): 1 / n + mean|w| where |w| <= 1, else 1 / n; n weights share the scale.
class BinaryWeights : public BipolarWeights {
 public:
  using BipolarWeights::BipolarWeights;
  Tensor quantize(const Tensor& w) override;
};

}  // namespace bitloom::nn
