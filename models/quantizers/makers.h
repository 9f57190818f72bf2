#pragma once

#include "models/quantizers/quantizer.h"

/// One function for each file of this folder that implements a quantizer.
namespace bitloom::nn {

using MadeQuantizer = std::unique_ptr<Quantizer>;

/// One bit: mean|w| * sign(w), where 0 counts as positive. The mean follows the weights; the
/// gradient to them is 1 (DoReFa-Net, arXiv:1606.06160, sec. 2.3).
MadeQuantizer bipolar_weights(const QuantizerTask& task);

MadeQuantizer uniform_weights(const QuantizerTask& task);
MadeQuantizer uniform_activations(const QuantizerTask& task);
MadeQuantizer haq_weights(const QuantizerTask& task);
MadeQuantizer haq_activations(const QuantizerTask& task);
MadeQuantizer dorefa_weights(const QuantizerTask& task);
MadeQuantizer dorefa_activations(const QuantizerTask& task);
MadeQuantizer pact_activations(const QuantizerTask& task);
MadeQuantizer kmeans_weights(const QuantizerTask& task);

}  // namespace bitloom::nn
