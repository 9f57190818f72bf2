#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"
#include "models/quantizers/quantizer_table.h"

namespace bitloom::nn {

/// How a network is quantized. Nothing here includes LibTorch.
struct Quantization {
  std::string scheme = "uniform";               // what quantizer_scheme() reads
  graph::Policy policy;                         // activation bits may be graph::kFloatBits
  std::vector<graph::FilterBits> filters = {};  // of the policy's layers, as graph::FilterPolicy
  std::optional<QuantizerTask::Granularity> granularity = {};  // of weights; else the quantizer's
  std::string post_training = {};  // post_training_method() that chooses levels; empty: none

  /// Empty: all filters of the layer have the policy's bits.
  graph::FilterBits filters_of(std::size_t layer) const {
    return filters.empty() ? graph::FilterBits{} : filters.at(layer);
  }
};

/// What a layer's quantizers came to.
struct LayerLevels {
  std::string name;
  graph::Precision bits;
  graph::FilterBits filters = {};  // of its weights; empty: all have `bits`
  bool signed_activations = false;
  std::optional<double> activation_scale;   // between the input's levels
  std::optional<double> second_scale = {};  // of a second input, in place of weights
  std::optional<double> weight_error = {};  // |quantized - real| / |real| of the weights
};

}  // namespace bitloom::nn
