#include "pipelines/learn/quantization.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/torch/post_training/post_training_table.h"

namespace bitloom::pipelines {
namespace {

constexpr const char* kFittedWeights = "least-error";  // whose levels can be chosen for them

}  // namespace

std::string to_text(Granularity granularity) {
  return granularity == Granularity::kLayer ? "layer" : "channel";
}

Granularity parse_granularity(std::string_view text) {
  if (text == "layer") return Granularity::kLayer;
  if (text == "channel") return Granularity::kChannel;
  throw unknown_name("granularity", text, {"layer", "channel"});
}

Quantized quantized_as(const nn::Quantization& quantization) {
  const nn::QuantizerScheme scheme = nn::quantizer_scheme(quantization.scheme);
  return {quantization.scheme,        quantization.granularity.value_or(scheme.weights.granularity),
          quantization.policy,        scheme.needs_training(),
          quantization.post_training, quantization.filters};
}

nn::Quantization scheme_of(const std::optional<std::string>& scheme,
                           std::optional<Granularity> granularity,
                           const std::optional<std::string>& post_training) {
  const char* usual = post_training ? kFittedWeights : "uniform";
  const nn::QuantizerScheme found = nn::quantizer_scheme(scheme.value_or(usual));
  if (post_training && found.weights.name != kFittedWeights)
    throw UserError(fmt::format(
        "--ptq chooses the levels of weights={0}, not of {1}; --quantizer {0}, or none, "
        "would be right",
        kFittedWeights, found.weights.name));
  if (post_training && granularity == Granularity::kLayer &&
      nn::post_training_method(*post_training).matches_variance)
    throw UserError(fmt::format(
        "--ptq {}: scales the levels of each channel, and --granularity layer has one scale for "
        "all; --ptq good would be right",
        *post_training));
  return {.scheme = found.name,
          .policy = {},
          .granularity = granularity,
          .post_training =
              post_training ? std::string(nn::post_training_method(*post_training).name) : ""};
}

nlohmann::ordered_json quantization_json(const Quantized& quantized) {
  nlohmann::ordered_json policy = nlohmann::ordered_json::array();
  for (const graph::Precision& bits : quantized.policy)
    policy.push_back(nlohmann::ordered_json::array({bits.weight_bits, bits.activation_bits}));
  nlohmann::ordered_json json{{"granularity", to_text(quantized.granularity)},
                              {"policy", policy},
                              {"quantizer", quantized.scheme}};
  if (!quantized.post_training.empty()) json["post_training"] = quantized.post_training;
  if (!quantized.filters.empty()) json["filters"] = quantized.filters;
  return json;
}

}  // namespace bitloom::pipelines
