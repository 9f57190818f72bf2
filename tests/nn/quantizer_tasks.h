#pragma once

#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

inline QuantizerTask weights_of(
    int bits, QuantizerTask::Granularity granularity = QuantizerTask::Granularity::kLayer) {
  return {QuantizerTask::Role::kWeights, bits, true, granularity};
}

inline QuantizerTask activations_of(int bits, bool is_signed = false) {
  return {QuantizerTask::Role::kActivations, bits, is_signed, QuantizerTask::Granularity::kLayer};
}

inline std::unique_ptr<Quantizer> made(const char* scheme, const QuantizerTask& task) {
  const QuantizerScheme found = quantizer_scheme(scheme);
  return (task.role == QuantizerTask::Role::kWeights ? found.weights : found.activations)
      .make(task);
}

/// A quantizer calibrated on `sample`.
inline std::unique_ptr<Quantizer> calibrated(const char* scheme, const QuantizerTask& task,
                                             const torch::Tensor& sample) {
  auto quantizer = made(scheme, task);
  quantizer->calibrate(sample);
  return quantizer;
}

}  // namespace bitloom::nn
