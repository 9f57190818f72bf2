#include "models/quantizers/quantizer_table.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

// The table: for each quantizer the function that describes it, in a file of its own.
// clang-format off
#define BITLOOM_QUANTIZERS(row) \
  row(uniform_weights)          \
  row(uniform_activations)      \
  row(haq_weights)              \
  row(haq_activations)          \
  row(least_error_weights)      \
  row(least_error_activations)  \
  row(pact_activations)         \
  row(dorefa_weights)           \
  row(dorefa_activations)       \
  row(kmeans_weights)           \
  row(dsq_weights)              \
  row(dsq_activations)          \
  row(inq_weights)              \
  row(stlq_weights)             \
  row(stlq_tile_weights)        \
  row(lsq_weights)              \
  row(lsq_activations)          \
  row(tqt_weights)              \
  row(tqt_activations)          \
  row(qil_weights)              \
  row(qil_gamma_weights)        \
  row(qil_activations)          \
  row(sat_weights)              \
  row(adabits_weights)          \
  row(adabits_centred_weights)  \
  row(sat_activations)          \
  row(hwgq_activations)         \
  row(fixed_weights)            \
  row(fixed_activations)        \
  row(lq_nets_weights)          \
  row(lq_nets_activations)      \
  row(twn_weights)              \
  row(ttq_weights)              \
  row(bwn_weights)              \
  row(xnor_weights)             \
  row(xnor_activations)         \
  row(bnn_weights)              \
  row(bnn_activations)          \
  row(abc_net_weights)          \
  row(kcnn_weights)
// clang-format on

#define BITLOOM_DECLARED(kind) QuantizerKind kind();
BITLOOM_QUANTIZERS(BITLOOM_DECLARED)
#undef BITLOOM_DECLARED

namespace {

using QuantizerRole = QuantizerTask::Role;

std::vector<QuantizerKind> kinds_of(QuantizerRole role) {
#define BITLOOM_LISTED(kind) kind(),
  const std::vector<QuantizerKind> all{BITLOOM_QUANTIZERS(BITLOOM_LISTED)};
#undef BITLOOM_LISTED
  std::vector<QuantizerKind> kinds;
  std::copy_if(all.begin(), all.end(), std::back_inserter(kinds),
               [&](const QuantizerKind& kind) { return kind.role == role; });
  return kinds;
}

const QuantizerKind* find(QuantizerRole role, std::string_view name) {
  const auto& kinds = quantizer_kinds(role);
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const QuantizerKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

std::vector<std::string> names(std::initializer_list<QuantizerRole> roles) {
  std::vector<std::string> result;
  for (const QuantizerRole role : roles)
    for (const QuantizerKind& kind : quantizer_kinds(role))
      if (std::find(result.begin(), result.end(), kind.name) == result.end())
        result.emplace_back(kind.name);
  return result;
}

QuantizerScheme pair_named(std::string_view name) {
  const QuantizerKind* weights = find(QuantizerRole::kWeights, name);
  const QuantizerKind* activations = find(QuantizerRole::kActivations, name);
  if (!weights && !activations)
    throw unknown_name("quantizer", name,
                       names({QuantizerRole::kWeights, QuantizerRole::kActivations}));
  if (!weights) weights = find(QuantizerRole::kWeights, activations->partner);
  if (!activations) activations = find(QuantizerRole::kActivations, weights->partner);
  ensure(weights && activations, "a quantizer's partner is in the table");
  return {std::string(name), *weights, *activations};
}

const QuantizerKind& kind_named(QuantizerRole role, const char* what, std::string_view name) {
  const QuantizerKind* found = find(role, name);
  if (!found) throw unknown_name(fmt::format("quantizer of {}", what), name, names({role}));
  return *found;
}

/// What follows `key` in a part of `text`, which has two at most; empty where neither begins so.
std::string_view value_of(std::string_view key, std::string_view text) {
  const std::size_t comma = text.find(',');
  for (const std::string_view part : {text.substr(0, comma), text.substr(comma + 1)})
    if (part.substr(0, key.size()) == key) return part.substr(key.size());
  return {};
}

std::string range_text(const QuantizerKind& kind) {
  if (kind.least_bits == kind.most_bits) return fmt::format("{}", kind.least_bits);
  return fmt::format("{} to {}", kind.least_bits, kind.most_bits);
}

bool is_same(const QuantizerScheme& a, const QuantizerScheme& b) {
  return a.weights.name == b.weights.name && a.activations.name == b.activations.name;
}

}  // namespace

const std::vector<QuantizerKind>& quantizer_kinds(QuantizerRole role) {
  static const std::vector<QuantizerKind> weights = kinds_of(QuantizerRole::kWeights);
  static const std::vector<QuantizerKind> activations = kinds_of(QuantizerRole::kActivations);
  return role == QuantizerRole::kWeights ? weights : activations;
}

std::string bits_text(const QuantizerKind& kind) {
  return fmt::format("{} bit{}", range_text(kind), kind.most_bits == 1 ? "" : "s");
}

std::string_view families_that_run(LevelSpacing spacing) {
  switch (spacing) {
    case LevelSpacing::kUniform:
      return "bismo, bitfusion";
    case LevelSpacing::kOdd:
      return "bismo";
    case LevelSpacing::kPlanes:
      return "bismo, rounded";
    case LevelSpacing::kPowersOfTwo:
      return "shift";
    case LevelSpacing::kShifted:
    case LevelSpacing::kFree:
      return "none";
  }
  throw InternalError("a spacing of levels that is none");
}

MadeQuantizer QuantizerKind::make(const QuantizerTask& task) const {
  if (chooses_levels_of(task.bits)) return create(task);
  if (!takes(task.bits))
    throw UserError(fmt::format(
        "quantizer '{}': bits must be {}, or {} and more for the levels of uniform, got {}", name,
        range_text(*this), kEdgeBits, task.bits));
  const QuantizerScheme uniform = pair_named("uniform");
  return (task.role == QuantizerRole::kWeights ? uniform.weights : uniform.activations).make(task);
}

QuantizerScheme quantizer_scheme(std::string_view text) {
  if (text.find_first_of("=,") == std::string_view::npos) return pair_named(text);
  const std::string_view weights = value_of("weights=", text);
  const std::string_view activations = value_of("activations=", text);
  if (weights.empty() || activations.empty() || std::count(text.begin(), text.end(), ',') != 1)
    throw UserError(fmt::format("quantizer '{}': must be NAME, or weights=NAME,activations=NAME",
                                excerpt(text)));
  QuantizerScheme scheme{"", kind_named(QuantizerRole::kWeights, "weights", weights),
                         kind_named(QuantizerRole::kActivations, "activations", activations)};
  for (const std::string_view name : {scheme.weights.name, scheme.activations.name})
    if (const QuantizerScheme pair = pair_named(name); is_same(pair, scheme)) return pair;
  scheme.name =
      fmt::format("weights={},activations={}", scheme.weights.name, scheme.activations.name);
  return scheme;
}

}  // namespace bitloom::nn
