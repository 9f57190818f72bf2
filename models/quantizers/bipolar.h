#pragma once

#include "models/quantizers/quantizer_table.h"

namespace bitloom::nn {

/// What most quantizers make of one bit: mean|w| * sign(w), where 0 counts as positive. The mean
/// follows the weights; the gradient to them is 1 (DoReFa-Net, arXiv:1606.06160, sec. 2.3).
MadeQuantizer bipolar_weights(const QuantizerTask& task);

}  // namespace bitloom::nn
