#pragma once

#include <functional>
#include <map>
#include <vector>

#include "models/torch/quantized_network.h"

namespace bitloom::search {

/// What quantizing a tensor to each of `bits` changes: the sum of (Q(x) - x)^2 over its elements,
/// of one image for activations.
struct QuantizationError {
  std::vector<double> weights;      // one for each of `bits`
  std::vector<double> activations;  // the same
  /// Of each filter's weights with levels of its own, by bits and output channel; without any
  /// bits, at 0, what its weights come to.
  std::map<int, std::vector<double>> filters = {};
};

/// Layers measured so far, in parts of one.
using LayersMeasured = std::function<void(double layers)>;

/// The errors of all layers with quantizers of `scheme`. `inputs`: what layers read, as
/// nn::ActivationSampler keeps it; activations are set to it and measured on it. `measured` is told
/// how many layers are done.
std::vector<QuantizationError> quantization_errors(const nn::Network& network,
                                                   const nn::QuantizerScheme& scheme,
                                                   nn::QuantizerTask::Granularity granularity,
                                                   const std::vector<int>& bits,
                                                   const nn::ActivationSampler& inputs,
                                                   const LayersMeasured& measured = {});

/// Fills in the errors of filters.
void add_filter_errors(const nn::Network& network, const nn::QuantizerScheme& scheme,
                       const std::vector<int>& bits, std::vector<QuantizationError>& errors,
                       const LayersMeasured& measured = {});

}  // namespace bitloom::search
