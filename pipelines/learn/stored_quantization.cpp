#include "pipelines/learn/stored_quantization.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "models/weights/widths.h"

namespace bitloom::pipelines {
namespace {

using json = nlohmann::ordered_json;

bool is_width(const json& bits, int most) {
  return bits.is_number_integer() && bits >= graph::kMinBits && bits <= most;
}

bool is_activation_width(const json& bits) {
  return is_width(bits, graph::kMaxBits) || bits == graph::kFloatBits;
}

/// Bits by filter: a list for each layer, empty where all its filters have the layer's bits.
template <class Wrong>
std::vector<graph::FilterBits> read_filters(const json& stored,
                                            const std::vector<graph::LayerShape>& layers,
                                            const Wrong& wrong) {
  const char* must = "filters must be lists of bits, for each layer none or one for each filter";
  if (!stored.is_array() || stored.size() != layers.size()) throw wrong(must);
  std::vector<graph::FilterBits> filters;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const json& of_layer = stored[i];
    const bool fits = of_layer.is_array() &&
                      (of_layer.empty() || std::ssize(of_layer) == layers[i].out_channels) &&
                      std::all_of(of_layer.begin(), of_layer.end(), [](const json& bits) {
                        return bits == 0 || is_width(bits, graph::kMaxBits);
                      });
    if (!fits) throw wrong(must);
    filters.push_back(of_layer.get<graph::FilterBits>());
  }
  return filters;
}

/// What quantization_json() gave.
template <class Wrong>
nn::Quantization read_quantization(const json& stored, const std::vector<graph::LayerShape>& layers,
                                   const Wrong& wrong) {
  if (!stored.is_object() || !stored.contains("quantizer") || !stored["quantizer"].is_string() ||
      !stored.contains("granularity") || !stored["granularity"].is_string() ||
      !stored.contains("policy") || !stored["policy"].is_array() ||
      (stored.contains("post_training") && !stored["post_training"].is_string()))
    throw wrong("must hold quantizer, granularity and policy, and may name post_training");
  nn::Quantization quantization;
  try {
    quantization.scheme = nn::quantizer_scheme(stored["quantizer"].get<std::string>()).name;
    quantization.granularity = parse_granularity(stored["granularity"].get<std::string>());
    if (stored.contains("post_training"))
      quantization.post_training =
          nn::post_training_method(stored["post_training"].get<std::string>()).name;
  } catch (const UserError& unknown) {
    throw unknown.with_text(wrong(unknown.what()).what());
  }
  for (const json& bits : stored["policy"]) {
    if (!bits.is_array() || bits.size() != 2 || !is_width(bits[0], graph::kMaxBits) ||
        !is_activation_width(bits[1]))
      throw wrong("policy must be a list of [weight bits, activation bits]");
    quantization.policy.push_back({bits[0], bits[1]});
  }
  if (quantization.policy.size() != layers.size()) throw wrong("policy is for another network");
  if (stored.contains("filters"))
    quantization.filters = read_filters(stored["filters"], layers, wrong);
  return quantization;
}

/// Metadata `key` as JSON; `wrong` gives the complaints about it.
template <class Wrong>
json json_of(const LoadedWeights& weights, const char* key, const Wrong& wrong) {
  try {
    return parse_json(weights.file.metadata(key), key);
  } catch (const UserError& mistake) {
    throw mistake.with_text(wrong("is no JSON").what());
  }
}

auto complaints_of(const LoadedWeights& weights, const char* key) {
  return [&weights, key](const char* what) {
    return weights.file.error(fmt::format("metadata '{}': {}", key, what));
  };
}

/// Of widths that a layer's operand was trained at, that which it takes: `main`, where that has
/// such bits, else the first; nothing where none has.
template <class BitsOf>
std::optional<std::size_t> width_of(const std::vector<nn::Quantization>& widths, std::size_t main,
                                    const BitsOf& has_bits) {
  if (has_bits(widths[main])) return main;
  const auto found = std::find_if(widths.begin(), widths.end(), has_bits);
  if (found == widths.end()) return std::nullopt;
  return static_cast<std::size_t>(found - widths.begin());
}

/// The width at which most layers have the bits of `policy`.
std::size_t main_width(const std::vector<nn::Quantization>& widths, const graph::Policy& policy) {
  const auto alike = [&](const nn::Quantization& width) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < policy.size(); ++i) count += width.policy[i] == policy[i];
    return count;
  };
  std::size_t main = 0;
  for (std::size_t k = 1; k < widths.size(); ++k)
    if (alike(widths[k]) > alike(widths[main])) main = k;
  return main;
}

UserError not_trained(const LoadedWeights& weights, const std::vector<nn::Quantization>& widths,
                      std::size_t layer, graph::Precision bits) {
  std::vector<std::string> trained;
  for (const nn::Quantization& width : widths)
    if (const std::string text = graph::to_text(width.policy[layer]);
        std::find(trained.begin(), trained.end(), text) == trained.end())
      trained.push_back(text);
  return weights.file.error(fmt::format("was not trained with {} at layer '{}'; its widths have {}",
                                        graph::to_text(bits), weights.network.layers[layer].name,
                                        fmt::join(trained, ", ")));
}

}  // namespace

nn::Quantization stored_quantization(const LoadedWeights& weights) {
  const auto wrong = complaints_of(weights, kQuantizationKey);
  return read_quantization(json_of(weights, kQuantizationKey, wrong), weights.network.layers,
                           wrong);
}

std::vector<nn::Quantization> stored_widths(const LoadedWeights& weights) {
  const auto wrong = complaints_of(weights, weights::kWidthsKey);
  const json stored = json_of(weights, weights::kWidthsKey, wrong);
  if (!stored.is_array() || stored.empty()) throw wrong("must list how each width is quantized");
  std::vector<nn::Quantization> widths;
  for (const json& each : stored)
    widths.push_back(read_quantization(each, weights.network.layers, wrong));
  return widths;
}

AtWidths at_widths(const LoadedWeights& weights, const std::vector<nn::Quantization>& widths,
                   const graph::Policy& policy) {
  const std::size_t main = main_width(widths, policy);
  std::vector<weights::LayerWidths> layers;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const auto of_weights = width_of(widths, main, [&](const nn::Quantization& width) {
      return width.policy[i].weight_bits == policy[i].weight_bits;
    });
    const auto of_activations = width_of(widths, main, [&](const nn::Quantization& width) {
      return width.policy[i].activation_bits == policy[i].activation_bits;
    });
    if (!of_weights || !of_activations) throw not_trained(weights, widths, i, policy[i]);
    layers.push_back({*of_weights, *of_activations});
  }
  nn::Quantization quantization = widths.front();
  quantization.policy = policy;
  return {std::move(quantization), weights::at_widths(weights.network.graph, weights.file, layers)};
}

nn::Quantization measured_with(const LoadedWeights& weights,
                               const std::optional<std::string>& scheme,
                               std::optional<Granularity> granularity,
                               const std::optional<std::string>& post_training) {
  if (!weights::has_widths(weights.file)) return scheme_of(scheme, granularity, post_training);
  std::vector<nn::Quantization> widths = stored_widths(weights);
  if (scheme || granularity || post_training)
    throw UserError(
        fmt::format("{}: was trained at {} widths by quantizer {}; leave out "
                    "--quantizer, --granularity and --ptq",
                    weights.file.path(), widths.size(), widths.front().scheme));
  return std::move(widths.front());
}

std::unique_ptr<nn::QuantizedNetwork> trained_at(const LoadedWeights& weights,
                                                 const std::shared_ptr<nn::Network>& network,
                                                 const graph::FilterPolicy& policy) {
  const bool is_by_filter = std::any_of(policy.filters.begin(), policy.filters.end(),
                                        [](const auto& filters) { return !filters.empty(); });
  if (is_by_filter)
    throw weights.file.error(
        "was trained at widths of whole layers, and the policy gives filters bits of their own");
  const AtWidths chosen = at_widths(weights, stored_widths(weights), policy.layers);
  network->load(weights::read_trained(weights.network.graph, chosen.file).parameters);
  auto quantized = std::make_unique<nn::QuantizedNetwork>(network, chosen.quantization);
  quantized->load_state(chosen.file);
  return quantized;
}

void require_trained(const LoadedWeights& weights, const std::vector<search::Operand>& operands) {
  if (!weights::has_widths(weights.file)) return;
  const std::vector<nn::Quantization> widths = stored_widths(weights);
  for (const search::Operand& operand : operands) {
    const bool is_weights = operand.role == search::Operand::Role::kWeights;
    std::set<int> trained;
    for (const nn::Quantization& width : widths) {
      const graph::Precision bits = width.policy[operand.layers.front()];
      trained.insert(is_weights ? bits.weight_bits : bits.activation_bits);
    }
    for (const int bits : operand.bits)
      if (!trained.count(bits))
        throw weights.file.error(fmt::format(
            "was trained with {} bits of the {} of layer '{}', and the search may choose {}; "
            "{} {} would be right",
            fmt::join(trained, ", "), is_weights ? "weights" : "activations",
            weights.network.layers[operand.layers.front()].name, bits,
            is_weights ? "--weight-bits" : "--activation-bits", fmt::join(trained, ",")));
  }
}

void use_trained_widths(search::AccuracyOracle& oracle, const LoadedWeights& weights) {
  if (!weights::has_widths(weights.file)) return;
  oracle.use(
      [&weights](const std::shared_ptr<nn::Network>& network, const graph::FilterPolicy& policy) {
        return trained_at(weights, network, policy);
      });
}

}  // namespace bitloom::pipelines
