#include "search/measure/sensitivity_file.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/document.h"
#include "base/json.h"
#include "base/numbers.h"
#include "models/graph/precision.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

constexpr double kMost = 1e30;
constexpr std::int64_t kMostCount = std::numeric_limits<std::int64_t>::max();

std::optional<double> optional_real(const DocumentValue& tensor, std::string_view key, double min) {
  if (!tensor.has(key)) return std::nullopt;
  return tensor.at(key).real(min, kMost);
}

std::vector<double> optional_list(const DocumentValue& tensor, std::string_view key) {
  std::vector<double> values;
  if (tensor.has(key))
    for (const DocumentValue& item : tensor.at(key).items())
      values.push_back(item.real(-kMost, kMost));
  return values;
}

std::map<int, double> read_omega(const DocumentValue& omega) {
  std::vector<std::string> widths;
  for (int bits = graph::kMinBits; bits <= graph::kMaxBits; ++bits)
    widths.push_back(std::to_string(bits));
  omega.allow_only(widths);
  std::map<int, double> values;
  for (const auto& [bits, value] : omega.entries())
    values[static_cast<int>(*parse_integer(bits))] = value.real(-kMost, kMost);
  return values;
}

TensorSensitivity read_tensor(const DocumentValue& tensor) {
  tensor.allow_only(
      {"trace", "standard_error", "probes", "eigenvalues", "residuals", "fisher", "omega"});
  TensorSensitivity read;
  read.trace = optional_real(tensor, "trace", -kMost);
  read.standard_error = optional_real(tensor, "standard_error", 0);
  if (tensor.has("probes")) read.probes = tensor.at("probes").integer(1, kMostCount);
  read.eigenvalues = optional_list(tensor, "eigenvalues");
  read.residuals = optional_list(tensor, "residuals");
  read.fisher = optional_real(tensor, "fisher", 0);
  read.omega = read_omega(tensor.at("omega"));
  return read;
}

std::vector<LayerSensitivity> read_layers(const DocumentValue& list,
                                          const std::vector<graph::LayerShape>& layers) {
  std::vector<std::string> names;
  for (const graph::LayerShape& layer : layers) names.push_back(layer.name);
  std::vector<std::optional<LayerSensitivity>> given(layers.size());
  for (const DocumentValue& item : list.items()) {
    item.allow_only({"name", "weights", "activations"});
    const std::string name = item.at("name").one_of("layer", names);
    auto& layer = given[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                                 names.begin())];
    if (layer) throw item.error(fmt::format("layer '{}' is given twice", name));
    layer = {name, read_tensor(item.at("weights")), read_tensor(item.at("activations"))};
  }
  std::vector<LayerSensitivity> read;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!given[i]) throw list.error(fmt::format("layer '{}' is missing", names[i]));
    read.push_back(std::move(*given[i]));
  }
  return read;
}

nlohmann::ordered_json tensor_json(const TensorSensitivity& tensor) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (tensor.trace) json["trace"] = *tensor.trace;
  if (tensor.standard_error) json["standard_error"] = *tensor.standard_error;
  if (tensor.probes) json["probes"] = *tensor.probes;
  if (!tensor.eigenvalues.empty()) json["eigenvalues"] = tensor.eigenvalues;
  if (!tensor.residuals.empty()) json["residuals"] = tensor.residuals;
  if (tensor.fisher) json["fisher"] = *tensor.fisher;
  json["omega"] = nlohmann::ordered_json::object();
  for (const auto& [bits, omega] : tensor.omega) json["omega"][std::to_string(bits)] = omega;
  return json;
}

}  // namespace

Sensitivity read_sensitivity(const std::string& path, const std::string& network,
                             const std::vector<graph::LayerShape>& layers) {
  const DocumentValue document = load_document(path);
  document.allow_only({"schema", "network", "method", "quantizer", "seed", "origin", "layers"});
  document.at("schema").integer(1, 1);
  const DocumentValue named = document.at("network");
  if (named.text() != network)
    throw named.error(fmt::format("is for network '{}', not '{}'", named.text(), network));
  Sensitivity read{network,
                   document.at("method").one_of("method", sensitivity_method_names()),
                   document.at("quantizer").text(),
                   0,
                   {}};
  if (document.has("seed")) read.seed = document.at("seed").integer(0, kMostCount);
  read.layers = read_layers(document.at("layers"), layers);
  return read;
}

std::string sensitivity_json(const Sensitivity& sensitivity) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerSensitivity& layer : sensitivity.layers)
    layers.push_back({{"name", layer.name},
                      {"weights", tensor_json(layer.weights)},
                      {"activations", tensor_json(layer.activations)}});
  const nlohmann::ordered_json document{{"schema", 1},
                                        {"network", sensitivity.network},
                                        {"method", sensitivity.method},
                                        {"quantizer", sensitivity.quantizer},
                                        {"seed", sensitivity.seed},
                                        {"layers", layers}};
  return json_text(document, 1) + "\n";
}

}  // namespace bitloom::search
