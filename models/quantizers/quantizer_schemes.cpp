#include <algorithm>

#include "base/error.h"
#include "models/quantizers/makers.h"

namespace bitloom::nn {

const std::vector<QuantizerScheme>& quantizer_schemes() {
  using enum QuantizerTask::Granularity;
  static const std::vector<QuantizerScheme> table{
      {"uniform", "linear from the least to the greatest value; weights symmetric", kChannel, false,
       uniform_weights, uniform_activations},
      {"haq", "HAQ's linear levels: clipped at the least KL divergence below 5 bits (Wang 2019)",
       kLayer, false, haq_weights, haq_activations},
      {"pact", "PACT's learned clipping of activations (Choi 2018), with DoReFa-Net's weights",
       kLayer, true, dorefa_weights, pact_activations},
      {"dorefa", "DoReFa-Net: weights through tanh, activations clipped to [0, 1] (Zhou 2016)",
       kLayer, true, dorefa_weights, dorefa_activations},
      {"kmeans", "Deep Compression's shared weights (Han 2016): no codes; activations uniform",
       kLayer, false, kmeans_weights, uniform_activations},
  };
  return table;
}

const QuantizerScheme& quantizer_scheme(std::string_view name) {
  const auto& schemes = quantizer_schemes();
  const auto found =
      std::find_if(schemes.begin(), schemes.end(),
                   [&](const QuantizerScheme& scheme) { return scheme.name == name; });
  if (found != schemes.end()) return *found;
  std::vector<std::string> known;
  for (const QuantizerScheme& scheme : schemes) known.emplace_back(scheme.name);
  throw unknown_name("quantizer", name, known);
}

}  // namespace bitloom::nn
