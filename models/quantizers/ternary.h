#pragma once

#include "models/quantizers/quantizer.h"

/// What quantizers of three levels share.
namespace bitloom::nn {

/// -1, 0 and 1 by `threshold`, one element or one for each output channel: 0 up to it.
Tensor signs_beyond(const Tensor& weights, const Tensor& threshold);
/// The mean of |weights| where `chosen`, for the layer or for each output channel, in the shape of
/// a range (levels.h); 0 where none is chosen.
Tensor mean_magnitude_where(const Tensor& weights, const Tensor& chosen,
                            QuantizerTask::Granularity granularity);

}  // namespace bitloom::nn
