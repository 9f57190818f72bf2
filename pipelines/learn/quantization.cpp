#include "pipelines/learn/quantization.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace bitloom::pipelines {

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
  return {quantization.scheme, quantization.granularity.value_or(scheme.weights.granularity),
          quantization.policy, scheme.needs_training()};
}

nn::Quantization scheme_of(const std::optional<std::string>& scheme,
                           std::optional<Granularity> granularity) {
  return {.scheme = nn::quantizer_scheme(scheme.value_or("uniform")).name,
          .policy = {},
          .granularity = granularity};
}

nlohmann::ordered_json quantization_json(const Quantized& quantized) {
  nlohmann::ordered_json policy = nlohmann::ordered_json::array();
  for (const graph::Precision& bits : quantized.policy)
    policy.push_back(nlohmann::ordered_json::array({bits.weight_bits, bits.activation_bits}));
  return {{"granularity", to_text(quantized.granularity)},
          {"policy", policy},
          {"quantizer", quantized.scheme}};
}

}  // namespace bitloom::pipelines
