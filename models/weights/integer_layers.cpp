#include "models/weights/integer_layers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"
#include "models/operators/batch_norm.h"

namespace bitloom::weights {
namespace {

using integer::CodeType;
using integer::Encoding;
using nlohmann::json;

constexpr const char* kKey = "integer";

struct EncodingName {
  Encoding encoding;
  std::string_view name;
};
constexpr std::array kEncodings{EncodingName{Encoding::kUnsigned, "unsigned"},
                                EncodingName{Encoding::kSigned, "signed"},
                                EncodingName{Encoding::kBipolar, "bipolar"}};

json to_json(const CodeType& type) {
  const auto* named =
      std::find_if(kEncodings.begin(), kEncodings.end(),
                   [&](const EncodingName& each) { return each.encoding == type.encoding; });
  return {named->name, type.bits};
}

CodeType read_code_type(const JsonValue& value) {
  const std::vector<JsonValue> parts = value.items();
  if (parts.size() != 2) throw value.error("must be [encoding, bits]");
  std::vector<std::string> names;
  for (const EncodingName& each : kEncodings) names.emplace_back(each.name);
  const std::string name = parts[0].one_of("encoding", names);
  const auto index = std::find(names.begin(), names.end(), name) - names.begin();
  return {kEncodings.at(static_cast<std::size_t>(index)).encoding,
          static_cast<int>(parts[1].integer(graph::kMinBits, graph::kMaxBits))};
}

double read_scale(const JsonValue& value) {
  const double scale = value.number();
  if (!(scale > 0)) throw value.error("must be above 0");
  return scale;
}

std::vector<double> widened(const Tensor& tensor) {
  return {tensor.values.begin(), tensor.values.end()};
}

integer::AffineParameters affine_of(const Parameters& parameters, const std::string& norm,
                                    double epsilon) {
  const auto values = [&](const char* name) { return widened(parameters.at(norm + name)); };
  const auto gamma = values(".weight"), beta = values(".bias");
  const auto mean = values(".running_mean"), variance = values(".running_var");
  integer::AffineParameters affine;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    affine.scale.push_back(gamma[c] / std::sqrt(variance[c] + epsilon));
    affine.shift.push_back(beta[c] - mean[c] * affine.scale[c]);
  }
  return affine;
}

/// The codes of a layer, checked.
std::vector<std::int32_t> read_codes(const TensorFile& file, const graph::LayerShape& shape,
                                     const CodeType& type) {
  const std::string name = fmt::format("integer.{}.weights", shape.name);
  const Tensor stored = file.tensor(name);
  if (static_cast<std::int64_t>(stored.values.size()) != shape.weights())
    throw file.error(fmt::format("tensor '{}' has {} codes, must have {}", name,
                                 stored.values.size(), shape.weights()));
  std::vector<std::int32_t> codes;
  codes.reserve(stored.values.size());
  for (const float value : stored.values) {
    const bool is_code = value == std::floor(value) && value >= static_cast<float>(type.lowest()) &&
                         value <= static_cast<float>(type.highest()) &&
                         (type.encoding != Encoding::kBipolar || std::fmod(value, 2.0F) != 0);
    if (!is_code)
      throw file.error(fmt::format("tensor '{}': {} is no code of its type", name, value));
    codes.push_back(static_cast<std::int32_t>(value));
  }
  return codes;
}

std::vector<double> read_scales(const TensorFile& file, const graph::LayerShape& shape) {
  const std::string name = fmt::format("integer.{}.scales", shape.name);
  std::vector<double> scales = widened(file.tensor(name));
  const bool fits =
      scales.size() == 1 || static_cast<std::int64_t>(scales.size()) == shape.out_channels;
  if (!fits || std::any_of(scales.begin(), scales.end(),
                           [](double s) { return !(std::isfinite(s) && s != 0); }))
    throw file.error(
        fmt::format("tensor '{}' must hold 1 or {} scales other than 0", name, shape.out_channels));
  return scales;
}

/// A UserError where the file's entry has no room for what the scales say.
void require_plain(const integer::QuantizedLayer& layer) {
  const auto is_plain = [](const integer::Scaling& scaling) {
    return scaling.granularity != integer::Granularity::kGroup &&
           std::all_of(scaling.zero_points.begin(), scaling.zero_points.end(),
                       [](std::int32_t point) { return point == 0; });
  };
  if (!is_plain(layer.weight_scaling) || !is_plain(layer.activation_scaling) ||
      layer.activation_scaling.scales.size() != 1)
    throw UserError(
        fmt::format("layer '{}': files hold no zero points, scales of groups or several "
                    "scales of activations",
                    layer.name));
}

}  // namespace

integer::NetworkParameters real_parameters(const graph::Graph& graph,
                                           const Parameters& parameters) {
  integer::NetworkParameters real;
  for (const ParameterShape& each : parameters_of(graph)) {
    const graph::Node& node = graph.node(each.node);
    if (each.role == ParameterRole::kBias)
      real.biases[node.name] = widened(parameters.at(each.name));
    else if (each.role == ParameterRole::kScale)
      real.batch_norms[node.name] =
          affine_of(parameters, node.name, node.op.as<graph::BatchNorm>().epsilon);
  }
  return real;
}

void add_integer_layers(const std::vector<integer::QuantizedLayer>& layers, Parameters& tensors,
                        std::map<std::string, std::string>& metadata) {
  json described = json::array();
  for (const integer::QuantizedLayer& layer : layers) {
    require_plain(layer);
    const std::string start = fmt::format("integer.{}.", layer.name);
    tensors[start + "weights"] = {{static_cast<std::int64_t>(layer.weights.size())},
                                  {layer.weights.begin(), layer.weights.end()}};
    tensors[start + "scales"] = {
        {static_cast<std::int64_t>(layer.weight_scaling.scales.size())},
        {layer.weight_scaling.scales.begin(), layer.weight_scaling.scales.end()}};
    json entry = {{"name", layer.name},
                  {"weights", to_json(layer.weight_type)},
                  {"activations", to_json(layer.activation_type)},
                  {"activation_scale", layer.activation_scaling.scales[0]}};
    if (const auto& planes = layer.weight_planes) {
      entry["weight_planes"] = {{"planes", planes->planes}, {"signs", planes->are_signs}};
      tensors[start + "coefficients"] = {{static_cast<std::int64_t>(planes->values.size())},
                                         {planes->values.begin(), planes->values.end()}};
    }
    if (const auto& planes = layer.activation_planes)
      entry["activation_planes"] = {{"coefficients", planes->values}, {"signs", planes->are_signs}};
    if (!layer.filter_bits.empty()) entry["filter_bits"] = layer.filter_bits;
    described.push_back(std::move(entry));
  }
  metadata[kKey] = json_text(described);
}

bool has_integer_layers(const TensorFile& file) { return file.metadata().count(kKey) != 0; }

namespace {

std::vector<int> read_filter_bits(const JsonValue& entry, const graph::LayerShape& shape) {
  std::vector<int> bits;
  const auto given = entry.find("filter_bits");
  if (!given) return bits;
  for (const JsonValue& filter : given->items())
    bits.push_back(static_cast<int>(filter.integer(0, graph::kMaxBits)));
  if (std::ssize(bits) != shape.out_channels)
    throw given->error(fmt::format("must have bits of {} filters", shape.out_channels));
  return bits;
}

constexpr std::int32_t kMostCoefficient = (1 << graph::kMaxBits) - 1;

/// The coefficients of learned levels of weights; each of `codes` must be a level of its filter.
std::optional<integer::PlaneCoefficients> read_weight_planes(
    const TensorFile& file, const graph::LayerShape& shape, const JsonValue& entry,
    const std::vector<std::int32_t>& codes) {
  const auto given = entry.find("weight_planes");
  if (!given) return std::nullopt;
  integer::PlaneCoefficients planes{
      static_cast<int>(given->at("planes").integer(graph::kMinBits, graph::kMaxBits)),
      given->at("signs").boolean(),
      {}};
  const std::string name = fmt::format("integer.{}.coefficients", shape.name);
  const Tensor stored = file.tensor(name);
  const auto count = static_cast<std::size_t>(planes.planes);
  const auto channels = static_cast<std::size_t>(shape.out_channels);
  const bool fits = stored.values.size() == count || stored.values.size() == count * channels;
  if (!fits || std::any_of(stored.values.begin(), stored.values.end(), [](float value) {
        return value != std::floor(value) || std::fabs(value) > kMostCoefficient;
      }))
    throw file.error(fmt::format("tensor '{}' must hold {} whole numbers for each of 1 or {} rows",
                                 name, count, channels));
  planes.values.assign(stored.values.begin(), stored.values.end());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::vector<std::int32_t> levels =
        integer::levels_of(planes, planes.rows() == 1 ? 0 : channel);
    const std::size_t each = codes.size() / channels;
    for (std::size_t i = channel * each; i < (channel + 1) * each; ++i)
      if (!std::binary_search(levels.begin(), levels.end(), codes[i]))
        throw file.error(fmt::format("tensor 'integer.{}.weights': {} is no level of channel {}",
                                     shape.name, codes[i], channel));
  }
  return planes;
}

std::optional<integer::PlaneCoefficients> read_activation_planes(const JsonValue& entry,
                                                                 const CodeType& type) {
  const auto given = entry.find("activation_planes");
  if (!given) return std::nullopt;
  integer::PlaneCoefficients planes{0, given->at("signs").boolean(), {}};
  const JsonValue coefficients = given->at("coefficients");
  for (const JsonValue& each : coefficients.items())
    planes.values.push_back(
        static_cast<std::int32_t>(each.integer(-kMostCoefficient, kMostCoefficient)));
  planes.planes = static_cast<int>(planes.values.size());
  if (planes.planes < graph::kMinBits || planes.planes > graph::kMaxBits)
    throw coefficients.error(
        fmt::format("must be between {} and {}", graph::kMinBits, graph::kMaxBits));
  const std::vector<std::int32_t> levels = integer::levels_of(planes);
  if (levels.front() < type.lowest() || levels.back() > type.highest())
    throw coefficients.error("make levels that are no codes of the activations' type");
  return planes;
}

integer::QuantizedLayer read_layer(const TensorFile& file, const graph::LayerShape& shape,
                                   const JsonValue& entry) {
  if (entry.at("name").any_text() != shape.name)
    throw entry.at("name").error(fmt::format("must be '{}'", shape.name));
  const CodeType weight_type = read_code_type(entry.at("weights"));
  const CodeType activation_type = read_code_type(entry.at("activations"));
  std::vector<std::int32_t> weights = read_codes(file, shape, weight_type);
  return {.name = shape.name,
          .weight_type = weight_type,
          .weights = weights,
          .weight_scaling = integer::scaling_of(read_scales(file, shape)),
          .activation_type = activation_type,
          .activation_scaling = integer::scaling_of({read_scale(entry.at("activation_scale"))}),
          .filter_bits = read_filter_bits(entry, shape),
          .weight_planes = read_weight_planes(file, shape, entry, weights),
          .activation_planes = read_activation_planes(entry, activation_type)};
}

}  // namespace

std::vector<integer::QuantizedLayer> read_integer_layers(const graph::Graph& graph,
                                                         const TensorFile& file) {
  const JsonValue described = file.json_metadata(kKey);
  const std::vector<JsonValue> entries = described.items();
  const auto shapes = graph::layers_of(graph);
  if (entries.size() != shapes.size())
    throw described.error(
        fmt::format("must list the {} layers of {}", shapes.size(), graph.name()));
  std::vector<integer::QuantizedLayer> layers;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    layers.push_back(read_layer(file, shapes[i], entries[i]));
  return layers;
}

std::vector<std::optional<integer::QuantizedLayer>> read_some_integer_layers(
    const graph::Graph& graph, const TensorFile& file) {
  const std::vector<JsonValue> entries = file.json_metadata(kKey).items();
  std::vector<std::optional<integer::QuantizedLayer>> layers;
  auto next = entries.begin();
  for (const graph::LayerShape& shape : graph::layers_of(graph)) {
    const bool is_there = next != entries.end() && next->at("name").any_text() == shape.name;
    layers.push_back(is_there ? std::optional(read_layer(file, shape, *next++)) : std::nullopt);
  }
  if (next != entries.end())
    throw next->at("name").error(fmt::format("is no layer of {} at its place", graph.name()));
  return layers;
}

}  // namespace bitloom::weights
