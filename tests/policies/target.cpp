#include "tests/policies/target.h"

#include <cmath>

#include <fmt/format.h>

namespace bitloom::testing {
namespace {

/// A symmetric encoding of [-1, 1), give or take a step.
std::string symmetric_061(int bits) {
  const double half = std::exp2(bits - 1), scale = 1 / std::max(half - 1, 1.0);
  return fmt::format(R"({{"bitwidth": {}, "dtype": "int", "is_symmetric": "True", "min": {}, )"
                     R"("max": {}, "offset": {}, "scale": {}}})",
                     bits, -half * scale, (half - 1) * scale, -half, scale);
}

/// An encoding of [0, 6].
std::string asymmetric_061(int bits) {
  return fmt::format(R"({{"bitwidth": {}, "dtype": "int", "is_symmetric": "False", "min": 0.0, )"
                     R"("max": 6.0, "offset": 0, "scale": {}}})",
                     bits, 6 / (std::exp2(bits) - 1));
}

}  // namespace

std::string aimet_061(const ZooTarget& zoo, const graph::Policy& policy) {
  const policies::Target target = zoo.target();
  std::string parameters, activations;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const std::string weights = symmetric_061(policy[i].weight_bits);
    parameters +=
        fmt::format("\n  \"{}.weight\": [{}, {}],\n  \"{}.bias\": [{}],", target.layers[i].name,
                    weights, weights, target.layers[i].name, symmetric_061(8));
    activations += fmt::format("\n  \"{}\": {{\"input\": {{\"0\": {}}}}},", target.layers[i].name,
                               asymmetric_061(policy[i].activation_bits));
  }
  parameters += "\n  \"bn1.weight\": [" + symmetric_061(8) + "]";
  activations += "\n  \"relu\": {\"output\": {\"0\": " + asymmetric_061(8) + "}}";
  return fmt::format(
      "{{\"version\": \"0.6.1\",\n \"activation_encodings\": {{{}}},\n \"param_encodings\": "
      "{{{}}},\n"
      " \"quantizer_args\": {{\"activation_bitwidth\": 8}}}}\n",
      activations, parameters);
}

std::string aimet_100(const ZooTarget& zoo, const graph::Policy& policy) {
  const policies::Target target = zoo.target();
  std::string parameters;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const double half = std::exp2(policy[i].weight_bits - 1);
    parameters += fmt::format(
        R"({}{{"name": "{}.weight", "dtype": "INT", "enc_type": "PER_CHANNEL", "is_sym": true, )"
        R"("bw": {}, "scale": [{}, 0.5], "offset": [{}, {}]}})",
        i == 0 ? "" : ",\n  ", target.layers[i].name, policy[i].weight_bits,
        1 / std::max(half - 1, 1.0), -half, -half);
  }
  return fmt::format(
      R"({{"version": "1.0.0", "activation_encodings": [{{"name": "/relu", "bw": 8}}],)"
      "\n \"param_encodings\": [{}]}}\n",
      parameters);
}

std::string nncf_configuration(const ZooTarget& zoo, const graph::Policy& policy) {
  const policies::Target target = zoo.target();
  std::string entries;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    std::string scope;
    for (const char c : target.layers[i].name)
      scope += c == '.' ? "]/Sequential[" : std::string(1, c);
    entries += fmt::format("      [{}, \"Net/Sequential[{}]/conv2d_0|WEIGHT\"],\n",
                           policy[i].weight_bits, scope);
  }
  return fmt::format(
      "{{\"target_device\": \"TRIAL\",\n \"compression\": {{\"algorithm\": \"quantization\",\n"
      "  \"initializer\": {{\"precision\": {{\"bitwidth_per_scope\": [\n      // | bits | scope |\n"
      "{}      [8, \"Net/ReLU[relu]/relu__0|OUTPUT\"]]}}}}}}}}\n",
      entries);
}

}  // namespace bitloom::testing
