#include "search/measure/sensitivity_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

/// The figures of a tensor with their keys and least values, named once for reading and writing.
void figures(auto& f, auto& tensor) {
  f.may("trace", tensor.trace, -kMost);
  f.may("standard_error", tensor.standard_error, 0);
  f.may("probes", tensor.probes, 1);
  f.may("eigenvalues", tensor.eigenvalues, -kMost);
  f.may("residuals", tensor.residuals, -kMost);
  f.may("fisher", tensor.fisher, 0);
  f.may("change", tensor.change, -kMost);
  f.may("change_error", tensor.change_error, 0);
}

struct FigureKeys {
  std::vector<std::string> keys;
  void may(const char* key, const auto&, double) { keys.emplace_back(key); }
};

/// A value for each of some widths: `{"2": 0.4, "8": 1e-4}`.
std::map<int, double> read_widths(const DocumentValue& given, double least) {
  std::vector<std::string> widths;
  for (int bits = graph::kMinBits; bits <= graph::kMaxBits; ++bits)
    widths.push_back(std::to_string(bits));
  given.allow_only(widths);
  std::map<int, double> values;
  for (const auto& [bits, value] : given.entries())
    values[static_cast<int>(*parse_integer(bits))] = value.real(least, kMost);
  return values;
}

nlohmann::ordered_json widths_json(const std::map<int, double>& values) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [bits, value] : values) json[std::to_string(bits)] = value;
  return json;
}

/// Writes what there is.
struct FigureWriter {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  template <class T>
  void may(const char* key, const std::optional<T>& figure, double) {
    if (figure) json[key] = *figure;
  }
  void may(const char* key, const std::vector<double>& values, double) {
    if (!values.empty()) json[key] = values;
  }
  void may(const char* key, const std::map<int, double>& values, double) {
    if (!values.empty()) json[key] = widths_json(values);
  }
};

struct FigureReader {
  const DocumentValue& tensor;
  void may(const char* key, std::optional<double>& figure, double least) const {
    if (tensor.has(key)) figure = tensor.at(key).real(least, kMost);
  }
  void may(const char* key, std::optional<std::int64_t>& count, std::int64_t least) const {
    if (tensor.has(key)) count = tensor.at(key).integer(least, kMostCount);
  }
  void may(const char* key, std::vector<double>& values, double least) const {
    if (!tensor.has(key)) return;
    for (const DocumentValue& item : tensor.at(key).items())
      values.push_back(item.real(least, kMost));
  }
  void may(const char* key, std::map<int, double>& values, double least) const {
    if (tensor.has(key)) values = read_widths(tensor.at(key), least);
  }
};

std::vector<double> read_filter_values(const DocumentValue& list, std::size_t filters) {
  std::vector<double> values;
  for (const DocumentValue& item : list.items()) values.push_back(item.real(0, kMost));
  if (values.size() != filters)
    throw list.error(
        fmt::format("has {} values, the layer has {} filters", values.size(), filters));
  return values;
}

FilterSensitivity read_filters(const DocumentValue& given, std::size_t filters) {
  given.allow_only({"fisher", "omega"});
  FilterSensitivity read{read_filter_values(given.at("fisher"), filters), {}};
  for (const auto& [bits, values] : given.at("omega").entries()) {
    const auto width = parse_integer(bits, 0, graph::kMaxBits);
    if (!width) throw values.error(fmt::format("must be at bits in [0, {}]", graph::kMaxBits));
    read.omega[static_cast<int>(*width)] = read_filter_values(values, filters);
  }
  return read;
}

/// A UserError unless the Omegas of a layer's filters add up to the layer's own.
void require_sums(const DocumentValue& filters, const TensorSensitivity& read,
                  const std::string& layer) {
  constexpr double kRounding = 1e-6;
  for (const auto& [bits, values] : read.filters->omega) {
    const auto of_layer = read.omega.find(bits);
    if (of_layer == read.omega.end()) continue;
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    if (std::abs(sum - of_layer->second) > kRounding * std::max(sum, of_layer->second))
      throw filters.error(fmt::format(
          "the omegas of the filters of layer '{}' at {} bits add up to {:.7g}, and the layer has "
          "{:.7g}: they must be the same",
          layer, bits, sum, of_layer->second));
  }
}

nlohmann::ordered_json filters_json(const FilterSensitivity& filters) {
  nlohmann::ordered_json omega = nlohmann::ordered_json::object();
  for (const auto& [bits, values] : filters.omega) omega[std::to_string(bits)] = values;
  return {{"fisher", filters.fisher}, {"omega", omega}};
}

TensorSensitivity read_tensor(const DocumentValue& tensor, const graph::LayerShape& layer) {
  TensorSensitivity read;
  FigureKeys known;
  figures(known, read);
  known.keys.insert(known.keys.end(), {"omega", "filters"});
  tensor.allow_only(known.keys);
  FigureReader reader{tensor};
  figures(reader, read);
  read.omega = read_widths(tensor.at("omega"), 0);
  if (tensor.has("filters")) {
    const DocumentValue filters = tensor.at("filters");
    read.filters = read_filters(filters, static_cast<std::size_t>(layer.out_channels));
    require_sums(filters, read, layer.name);
  }
  return read;
}

std::vector<LayerSensitivity> read_layers(const std::string& path, const DocumentValue& list,
                                          const std::vector<graph::LayerShape>& layers) {
  std::vector<std::string> names;
  for (const graph::LayerShape& layer : layers) names.push_back(layer.name);
  std::vector<std::optional<LayerSensitivity>> given(layers.size());
  for (const DocumentValue& item : list.items()) {
    item.allow_only({"name", "weights", "activations"});
    const std::string name = item.at("name").one_of("layer", names);
    const auto index =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (given[index]) throw item.error(fmt::format("layer '{}' is given twice", name));
    given[index] = {name, read_tensor(item.at("weights"), layers[index]),
                    read_tensor(item.at("activations"), layers[index]),
                    fmt::format("{}:{}", path, item.line())};
  }
  std::vector<LayerSensitivity> read;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!given[i]) throw list.error(fmt::format("layer '{}' is missing", names[i]));
    read.push_back(std::move(*given[i]));
  }
  return read;
}

MeasuredOn read_measured_on(const DocumentValue& given) {
  given.allow_only(
      {"weights", "weights_hash", "data", "images", "images_hash", "augmentation", "image_list"});
  MeasuredOn read{given.at("weights").text(),
                  given.at("weights_hash").text(),
                  given.at("data").text(),
                  given.at("images").integer(1, kMostCount),
                  given.at("images_hash").text(),
                  given.has("augmentation") ? given.at("augmentation").text() : ""};
  if (given.has("image_list"))
    for (const DocumentValue& image : given.at("image_list").items())
      read.image_list.push_back(image.text());
  return read;
}

nlohmann::ordered_json measured_on_json(const MeasuredOn& given) {
  nlohmann::ordered_json json{{"weights", given.weights},
                              {"weights_hash", given.weights_hash},
                              {"data", given.data},
                              {"images", given.images},
                              {"images_hash", given.images_hash}};
  if (!given.augmentation.empty()) json["augmentation"] = given.augmentation;
  if (!given.image_list.empty()) json["image_list"] = given.image_list;
  return json;
}

nlohmann::ordered_json tensor_json(const TensorSensitivity& tensor) {
  FigureWriter writer;
  figures(writer, tensor);
  nlohmann::ordered_json json = std::move(writer.json);
  json["omega"] = widths_json(tensor.omega);
  if (tensor.filters) json["filters"] = filters_json(*tensor.filters);
  return json;
}

}  // namespace

UserError LayerSensitivity::lacks(const std::string& what) const {
  return UserError(fmt::format("layer '{}': the sensitivity file has no {}", name, what))
      .in_file(place);
}

Sensitivity read_sensitivity(const std::string& path, const std::string& network,
                             const std::vector<graph::LayerShape>& layers) {
  constexpr DocumentLimits kWithFilters{.bytes = std::size_t{64} << 20, .values = 8'000'000};
  const DocumentValue document = load_document(path, kWithFilters);
  document.allow_only(
      {"schema", "network", "method", "quantizer", "seed", "origin", "measured_on", "layers"});
  document.at("schema").integer(1, 1);
  const DocumentValue named = document.at("network");
  if (named.text() != network)
    throw named.error(fmt::format("is for network '{}', not '{}'", named.text(), network));
  Sensitivity read{network,
                   document.at("method").one_of("method", sensitivity_method_names()),
                   document.at("quantizer").text(),
                   0,
                   {}};
  if (document.has("measured_on")) read.measured_on = read_measured_on(document.at("measured_on"));
  if (document.has("seed")) read.seed = document.at("seed").integer(0, kMostCount);
  read.layers = read_layers(path, document.at("layers"), layers);
  return read;
}

std::string sensitivity_json(const Sensitivity& sensitivity) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerSensitivity& layer : sensitivity.layers)
    layers.push_back({{"name", layer.name},
                      {"weights", tensor_json(layer.weights)},
                      {"activations", tensor_json(layer.activations)}});
  nlohmann::ordered_json document{{"schema", 1},
                                  {"network", sensitivity.network},
                                  {"method", sensitivity.method},
                                  {"quantizer", sensitivity.quantizer},
                                  {"seed", sensitivity.seed}};
  if (sensitivity.measured_on) document["measured_on"] = measured_on_json(*sensitivity.measured_on);
  document["layers"] = layers;
  return json_text(document, 1) + "\n";
}

}  // namespace bitloom::search
