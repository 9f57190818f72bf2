#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/torch/quantization.h"
#include "pipelines/choices.h"
#include "pipelines/learn/images.h"

namespace bitloom::pipelines {

/// What a range of a layer's weights is for.
using Granularity = nn::QuantizerTask::Granularity;
/// `layer`, `channel`.
std::string to_text(Granularity granularity);
/// A UserError lists the two.
Granularity parse_granularity(std::string_view text);

/// How a network is quantized. What is left out is the file's own where the weights were stored
/// quantized.
struct QuantizationChoice {
  PolicyChoice policy = {};                       // activation bits may be graph::kFloatBits
  std::optional<std::string> scheme = {};         // nn::quantizer_scheme(); uniform
  std::optional<Granularity> granularity = {};    // the quantizer's own
  std::optional<std::string> post_training = {};  // nn::post_training_method(); none
  std::optional<ImageChoice> calibration = {};    // images that set ranges and correct biases
  int at_least_bits = 0;                          // operands with fewer bits have these

  /// Whether any of it asks for another quantization than a file's own.
  bool is_given() const { return policy.is_given() || scheme || granularity || post_training; }
};

/// How a network was quantized.
struct Quantized {
  std::string scheme;
  Granularity granularity;
  graph::Policy policy;
  bool needs_training = false;     // whether networks lose all that they know without
  std::string post_training = {};  // what chose its levels; empty: the quantizers alone
  std::vector<graph::FilterBits> filters = {};  // of the policy's layers, as graph::FilterPolicy

  /// `uniform`, `least-error with gptq`.
  std::string how() const {
    return post_training.empty() ? scheme : scheme + " with " + post_training;
  }
};
/// `{"granularity", "policy": [[w, a], ...], "quantizer"}`, and `"post_training"` and `"filters"`
/// where there are such.
nlohmann::ordered_json quantization_json(const Quantized& quantized);

Quantized quantized_as(const nn::Quantization& quantization);

/// The quantizers, their granularity and what chooses their levels, by the names that the tables
/// have; no policy. With a post-training method the quantizers are `least-error` unless others are
/// named. A UserError offers the nearest names, or says that such quantizers keep no levels that
/// are chosen for them, or that the method needs a scale for each channel.
nn::Quantization scheme_of(const std::optional<std::string>& scheme,
                           std::optional<Granularity> granularity = {},
                           const std::optional<std::string>& post_training = {});

}  // namespace bitloom::pipelines
