// NNCF's "bitwidth_per_scope": [[8, "ResNet/Sequential[layer1]/NNCFConv2d[conv1]/conv2d_0|WEIGHT"]]
// somewhere in a configuration, or alone. A scope is the classes and names of modules down to an
// operator, and what of it is quantized; the names alone make the layer's.
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "base/text.h"
#include "models/policies/formats.h"

namespace bitloom::policies {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBitsPerScope = "bitwidth_per_scope";
constexpr std::string_view kWeightScope = "|WEIGHT";
constexpr std::int64_t kMostWidth = 1 << 16;

/// `text` with spaces in place of comments from `//` to the end of a line, which NNCF allows.
std::string without_comments(std::string text) {
  bool is_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_text && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      is_text = !is_text;
    } else if (!is_text && text.compare(i, 2, "//") == 0) {
      for (; i < text.size() && text[i] != '\n'; ++i) text[i] = ' ';
    }
  }
  return text;
}

/// `layer1.0.conv1` of a scope.
std::string layer_of(std::string_view scope) {
  std::string name;
  for (std::size_t open = scope.find('['); open != std::string_view::npos;
       open = scope.find('[', open)) {
    const std::size_t close = scope.find(']', open);
    if (close == std::string_view::npos) break;
    name += (name.empty() ? "" : ".") + std::string(scope.substr(open + 1, close - open - 1));
    open = close;
  }
  return name;
}

/// The value of `bitwidth_per_scope`, however deep it lies; none where it is not there.
template <class AnyJson>
AnyJson* entries_in(AnyJson& json) {
  if (json.is_object() && json.contains(kBitsPerScope)) return &json.at(std::string(kBitsPerScope));
  if (json.is_structured())
    for (AnyJson& part : json)
      if (AnyJson* found = entries_in(part)) return found;
  return nullptr;
}

template <class AnyJson>
AnyJson& entries_of(const std::string& path, AnyJson& json) {
  AnyJson* entries = entries_in(json);
  if (!entries && json.is_array()) entries = &json;
  if (!entries || !entries->is_array() || entries->empty())
    throw UserError(fmt::format(
        "{}: must be [[bits, scope], ...], or a configuration that has '{}'", path, kBitsPerScope));
  return *entries;
}

struct ScopeBits {
  std::int64_t bits;
  std::string scope;
  std::string place;
  bool is_weight() const { return scope.ends_with(kWeightScope); }
};

std::vector<ScopeBits> read_entries(const std::string& path, const Json& json) {
  std::vector<ScopeBits> entries;
  for (const Json& item : entries_of(path, json)) {
    const std::string place = fmt::format("{}: {}[{}]", path, kBitsPerScope, entries.size());
    if (!item.is_array() || item.size() != 2 || !item[1].is_string())
      throw UserError(
          fmt::format("{}: must be [bits, scope], got {}", place, excerpt(json_text(item))));
    entries.push_back({JsonValue(item[0], place).integer(0, kMostWidth),
                       JsonValue(item[1], place).text(), place});
  }
  return entries;
}

bool recognizes_nncf(const File& file) {
  return file.text.find(kBitsPerScope) != std::string::npos ||
         file.text.find(kWeightScope) != std::string::npos;
}

graph::Policy read_nncf(const File& file, const Target& target, const Reading& reading,
                        std::size_t& passed_over) {
  const Json json = parse_json(without_comments(file.text), file.path);
  Named named;
  for (const ScopeBits& entry : read_entries(file.path, json))
    if (entry.is_weight())
      named.bits.push_back({layer_of(entry.scope), Operand::kWeights, entry.bits, entry.place});
    else
      ++named.passed_over;  // results of operators, whose scopes do not tell which layers read them
  graph::Policy policy = policy_of(file.path, named, target, reading);
  passed_over = named.passed_over;
  return policy;
}

std::string write_nncf(const graph::Policy& policy, const Target& target, const File& like) {
  Json json = parse_json(without_comments(like.text), like.path);
  std::map<std::string, int> bits;
  for (std::size_t i = 0; i < policy.size(); ++i)
    if (target.layers[i].has_weights()) bits[target.layers[i].name] = policy[i].weight_bits;
  const std::vector<ScopeBits> entries = read_entries(like.path, json);
  Json& items = entries_of(like.path, json);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto found = bits.find(layer_of(entries[i].scope));
    if (!entries[i].is_weight() || found == bits.end()) continue;
    items[i][0] = found->second;
    bits.erase(found);
  }
  std::vector<std::string> missing;
  for (const auto& each : bits) missing.push_back(each.first);
  if (!missing.empty())
    throw UserError(fmt::format("{}: has no weights of layers {}", like.path, listed(missing)));
  return json_text(json, 2) + "\n";
}

struct Operator {
  std::string_view module, name;
};
constexpr Operator kOperators[] = {
    {"Conv1d", "conv1d_0"}, {"Conv2d", "conv2d_0"}, {"Conv3d", "conv3d_0"}, {"Linear", "linear_0"}};

const Operator* operator_of(std::string_view module) {
  for (const Operator& each : kOperators)
    if (each.module == module) return &each;
  return nullptr;
}

/// The scope of the weights of a layer; modules by their names.
std::string scope_of(const std::string& layer, const std::map<std::string, std::string>& modules) {
  std::string scope = modules.at("");
  const Operator* last = nullptr;
  for (std::size_t end = 0; end != std::string::npos;) {
    const std::size_t begin = end == 0 ? 0 : end + 1;
    end = layer.find('.', begin);
    const auto module = modules.find(layer.substr(0, end));
    if (module == modules.end())
      throw UserError(fmt::format("nncf: the model has no module '{}'", layer));
    last = operator_of(module->second);
    scope += fmt::format("/{}{}[{}]", last ? "NNCF" : "", module->second,
                         layer.substr(begin, end == std::string::npos ? end : end - begin));
  }
  if (!last)
    throw UserError(
        fmt::format("nncf: module '{}' is a {}, which must be one of Conv1d, Conv2d, "
                    "Conv3d, Linear",
                    layer, modules.at(layer)));
  return fmt::format("{}/{}{}", scope, last->name, kWeightScope);
}

}  // namespace

std::string nncf_entries(const graph::Policy& policy, const Target& target,
                         const std::vector<Module>& modules) {
  std::map<std::string, std::string> types;
  for (const Module& each : modules) types[each.name] = each.type;
  ensure(types.contains(""), "a model is the first of its modules");
  Json entries = Json::array();
  for (std::size_t i = 0; i < policy.size(); ++i)
    if (target.layers[i].has_weights())
      entries.push_back({policy[i].weight_bits, scope_of(target.layers[i].name, types)});
  return json_text(entries);
}

Format nncf_format() {
  return {.name = "nncf",
          .doc = "NNCF's configuration, its \"bitwidth_per_scope\": weights",
          .recognizes = recognizes_nncf,
          .read = read_nncf,
          .write = write_nncf,
          .needs_like =
              "a configuration of NNCF's for this network, whose scopes tell the classes "
              "of its modules"};
}

}  // namespace bitloom::policies
