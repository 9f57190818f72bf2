// AIMET's encodings, as QuantizationSimModel exports them. Version 0.6.1 has a tensor's encodings
// by its name, a list of one for each channel; 1.0.0 a list of tensors:
//
//     {"version": "0.6.1",
//      "activation_encodings": {"conv1": {"input": {"0": {"bitwidth": 8, ...}}}},
//      "param_encodings": {"conv1.weight": [{"bitwidth": 4, "dtype": "int", "is_symmetric": "True",
//                                            "min": .., "max": .., "offset": .., "scale": ..}]}}
//     {"version": "1.0.0", "activation_encodings": [],
//      "param_encodings": [{"name": "conv1.weight", "bw": 4, "dtype": "INT", "is_sym": true,
//                           "enc_type": "PER_CHANNEL", "offset": [..], "scale": [..]}]}
//
// Activations by modules, as the first has them, tell what a layer reads. Activations by tensors of
// an ONNX graph do not.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "base/letter_case.h"
#include "models/policies/formats.h"

namespace bitloom::policies {
namespace {

using AimetJson = nlohmann::ordered_json;

constexpr const char* kParameters = "param_encodings";
constexpr const char* kActivations = "activation_encodings";
constexpr std::string_view kWeightTensor = ".weight";
constexpr std::int64_t kMostAimetBits = 1 << 16;

/// The encodings of a tensor: one, or one for each channel.
struct Tensor {
  std::string name;
  std::vector<JsonValue> encodings;
};

std::vector<JsonValue> encodings_in(const JsonValue& value) {
  return value.json().is_array() ? value.items() : std::vector<JsonValue>{value};
}

std::vector<Tensor> parameters_of(const JsonValue& file) {
  std::vector<Tensor> tensors;
  const JsonValue all = file.at(kParameters);
  if (all.json().is_array())
    for (const JsonValue& each : all.items()) tensors.push_back({each.at("name").text(), {each}});
  else
    for (const auto& [name, value] : all.members()) tensors.push_back({name, encodings_in(value)});
  return tensors;
}

/// What layers read, by the names of their modules: the encodings of their first input.
std::vector<Tensor> inputs_of(const JsonValue& file, std::size_t& passed_over) {
  std::vector<Tensor> tensors;
  const auto all = file.find(kActivations);
  if (!all) return tensors;
  if (all->json().is_array()) {
    passed_over += all->items().size();
    return tensors;
  }
  for (const auto& [name, value] : all->members()) {
    const bool is_module = value.json().is_object();
    const auto input = is_module ? value.find("input") : std::nullopt;
    const auto first = input ? input->find("0") : std::nullopt;
    if (first)
      tensors.push_back({name, encodings_in(*first)});
    else
      ++passed_over;
  }
  return tensors;
}

std::string bits_key(const JsonValue& encoding) { return encoding.find("bw") ? "bw" : "bitwidth"; }

std::int64_t bits_of(const JsonValue& encoding) {
  const auto type = encoding.find("dtype");
  if (type && lower_case(type->text()) != "int")
    throw type->error("must be int, got " + type->text());
  if (const auto kind = encoding.find("enc_type"); kind && kind->text() == "LPBQ")
    throw kind->error(
        "is LPBQ, whose blocks have scales of few bits; must be PER_TENSOR, "
        "PER_CHANNEL or PER_BLOCK");
  return encoding.at(bits_key(encoding)).integer(0, kMostAimetBits);
}

/// The bits that all encodings of a tensor have.
std::int64_t common_bits(const Tensor& tensor, const JsonValue& file) {
  if (tensor.encodings.empty())
    throw file.error(fmt::format("'{}' must have an encoding", tensor.name));
  const std::int64_t bits = bits_of(tensor.encodings.front());
  for (const JsonValue& each : tensor.encodings)
    if (bits_of(each) != bits)
      throw each.error(fmt::format("channels of a layer must have the same bits, got {} and {}",
                                   bits, bits_of(each)));
  return bits;
}

/// The layer whose weights a parameter is; empty where it is none's.
std::string layer_of_parameter(const std::string& name) {
  if (!name.ends_with(kWeightTensor)) return "";
  return name.substr(0, name.size() - kWeightTensor.size());
}

JsonValue parsed(const File& file) {
  JsonValue json = JsonValue::parse(file.text, file.path);
  if (const auto version = json.find("version")) {
    const std::string text = version->text();
    if (!text.starts_with("0.") && !text.starts_with("1."))
      throw version->error(fmt::format("must be 0.6.1 or 1.0.0, got {}", text));
  }
  return json;
}

bool recognizes_aimet(const File& file) {
  return file.text.find(kParameters) != std::string::npos ||
         file.text.find(kActivations) != std::string::npos;
}

graph::Policy read_aimet(const File& file, const Target& target, const Reading& reading,
                         std::size_t& passed_over) {
  const JsonValue json = parsed(file);
  Named named;
  named.has_other_weights = true;  // of normalizations
  for (const Tensor& tensor : parameters_of(json)) {
    const std::string layer = layer_of_parameter(tensor.name);
    if (layer.empty())
      ++named.passed_over;  // a bias
    else
      named.bits.push_back({layer, Operand::kWeights, common_bits(tensor, json),
                            fmt::format("{}: {}", file.path, tensor.name)});
  }
  for (const Tensor& tensor : inputs_of(json, named.passed_over))
    named.bits.push_back({tensor.name, Operand::kActivations, common_bits(tensor, json),
                          fmt::format("{}: {}.input", file.path, tensor.name)});
  graph::Policy policy = policy_of(file.path, named, target, reading);
  passed_over = named.passed_over;
  return policy;
}

/// What codes stand for: `codes[i] = round(x / scale) - offset` is in [0, 2^bits - 1].
struct Grid {
  double scale = 1;
  double offset = 0;
};

/// As many steps as so many bits have over the range of `grid`, which has `before` bits.
Grid regridded(const Grid& grid, bool is_symmetric, std::int64_t before, int bits) {
  const double low = grid.scale * grid.offset;
  const double high = grid.scale * (grid.offset + std::exp2(before) - 1);
  if (is_symmetric) {
    const double half = std::exp2(bits - 1);
    return {high / std::max(half - 1, 1.0), -half};
  }
  const double scale = (high - low) / (std::exp2(bits) - 1);
  return {scale, std::round(low / scale)};
}

bool is_symmetric(const JsonValue& encoding) {
  const auto value = encoding.find(encoding.find("is_sym") ? "is_sym" : "is_symmetric");
  if (!value) return false;
  return value->json().is_boolean() ? value->boolean() : lower_case(value->text()) == "true";
}

/// Gives an encoding other bits over the same range, in place.
void set_bits(AimetJson& encoding, const std::string& place, int bits) {
  const JsonValue value(encoding, place);
  const std::int64_t before = bits_of(value);
  const bool symmetric = is_symmetric(value);
  const auto regrid = [&](const JsonValue& scale, const JsonValue& offset) {
    constexpr double kMost = 1e30;
    return regridded({scale.number(0, kMost), offset.number(-kMost, kMost)}, symmetric, before,
                     bits);
  };
  const JsonValue scale = value.at("scale"), offset = value.at("offset");
  if (before == bits) return;
  if (scale.json().is_array()) {
    const auto scales = scale.items(), offsets = offset.items();
    if (scales.size() != offsets.size()) throw offset.error("must have as many numbers as scale");
    AimetJson new_scales = AimetJson::array(), new_offsets = AimetJson::array();
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const Grid grid = regrid(scales[i], offsets[i]);
      new_scales.push_back(grid.scale);
      new_offsets.push_back(grid.offset);
    }
    encoding["scale"] = new_scales;
    encoding["offset"] = new_offsets;
  } else {
    const Grid grid = regrid(scale, offset);
    encoding["scale"] = grid.scale;
    encoding["offset"] = static_cast<std::int64_t>(grid.offset);
    encoding["min"] = grid.scale * grid.offset;
    encoding["max"] = grid.scale * (grid.offset + std::exp2(bits) - 1);
  }
  encoding[encoding.contains("bw") ? "bw" : "bitwidth"] = bits;
}

void set_all_bits(AimetJson& encodings, const std::string& place, int bits) {
  if (!encodings.is_array()) return set_bits(encodings, place, bits);
  for (AimetJson& each : encodings) set_bits(each, place, bits);
}

/// The weights' encodings by their layers.
std::map<std::string, AimetJson*> weights_in(AimetJson& parameters) {
  std::map<std::string, AimetJson*> found;
  if (parameters.is_array())
    for (AimetJson& each : parameters)
      found[layer_of_parameter(each["name"].get<std::string>())] = &each;
  else
    for (auto& [name, value] : parameters.items()) found[layer_of_parameter(name)] = &value;
  return found;
}

/// The encodings of a module's first input; null where there are none.
AimetJson* first_input(AimetJson& file, const std::string& module) {
  AimetJson* found = &file;
  for (const std::string& key :
       {std::string(kActivations), module, std::string("input"), std::string("0")}) {
    if (!found->is_object() || !found->contains(key)) return nullptr;
    found = &(*found)[key];
  }
  return found;
}

std::string write_aimet(const graph::Policy& policy, const Target& target, const File& like) {
  const JsonValue json = parsed(like);
  parameters_of(json);  // complains of what is not as it should be
  AimetJson copy = json.json();
  const auto weights = weights_in(copy[kParameters]);
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const std::string& name = target.layers[i].name;
    if (const auto found = weights.find(name); found != weights.end())
      set_all_bits(*found->second, fmt::format("{}: {}.weight", like.path, name),
                   policy[i].weight_bits);
    else if (target.layers[i].has_weights())
      missing.push_back(name);
    if (AimetJson* input = first_input(copy, name))
      set_all_bits(*input, fmt::format("{}: {}.input", like.path, name), policy[i].activation_bits);
  }
  if (!missing.empty())
    throw UserError(fmt::format("{}: has no weights of layers {}", like.path, listed(missing)));
  return json_text(copy, 2) + "\n";
}

}  // namespace

Format aimet_format() {
  return {.name = "aimet",
          .doc = "AIMET's encodings, versions 0.6.1 and 1.0.0",
          .recognizes = recognizes_aimet,
          .read = read_aimet,
          .write = write_aimet,
          .needs_like = "encodings that AIMET exported for this network, whose ranges are kept"};
}

}  // namespace bitloom::policies
