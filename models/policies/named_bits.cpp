#include "models/policies/named_bits.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"

namespace bitloom::policies {
namespace {

constexpr std::size_t kShown = 8;

/// What the `*` of `pattern` stand for in `name`; none where they do not fit. The first takes as
/// little as it can.
std::optional<std::vector<std::string>> matched(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  const std::string_view head = pattern.substr(0, star);
  if (!name.starts_with(head)) return std::nullopt;
  name.remove_prefix(head.size());
  if (star == std::string_view::npos)
    return name.empty() ? std::optional(std::vector<std::string>{}) : std::nullopt;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t taken = 0; taken <= name.size(); ++taken)
    if (auto parts = matched(rest, name.substr(taken))) {
      parts->insert(parts->begin(), std::string(name.substr(0, taken)));
      return parts;
    }
  return std::nullopt;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& parts) {
  std::string text;
  std::size_t next = 0;
  for (const char c : pattern)
    if (c == '*')
      text += parts.at(next++);
    else
      text += c;
  return text;
}

std::string renamed(const std::string& name, const std::vector<Rename>& renames) {
  for (const Rename& each : renames)
    if (const auto parts = matched(each.from, name)) return filled(each.to, *parts);
  return name;
}

/// The layer that `name` means, by its place; none where there is none.
std::optional<std::size_t> layer_named(std::string_view name,
                                       const std::map<std::string_view, std::size_t>& places) {
  for (;;) {
    const auto found = places.find(name);
    if (found != places.end()) return found->second;
    if (name.starts_with("module."))
      name.remove_prefix(std::string_view("module.").size());
    else if (name.starts_with("model."))
      name.remove_prefix(std::string_view("model.").size());
    else
      return std::nullopt;
  }
}

/// Bits of each layer as far as they are known.
class Collected {
 public:
  explicit Collected(const Target& target)
      : target_(target), weights_(target.layers.size()), activations_(target.layers.size()) {
    for (std::size_t i = 0; i < target.layers.size(); ++i) places_[target.layers[i].name] = i;
  }

  void add(const NamedBits& given, const std::vector<Rename>& renames) {
    if (given.bits < graph::kMinBits || given.bits > graph::kMaxBits)
      throw UserError(fmt::format("{}: must be in [{}, {}], got {}", given.place, graph::kMinBits,
                                  graph::kMaxBits, given.bits));
    const auto place = layer_named(renamed(given.name, renames), places_);
    if (!place) {
      unknown_.push_back(given.name);
      return;
    }
    auto& operand = given.operand == Operand::kWeights ? weights_ : activations_;
    if (operand[*place])
      throw UserError(fmt::format("{}: the {} of layer '{}' are given twice", given.place,
                                  given.operand == Operand::kWeights ? "weights" : "activations",
                                  target_.layers[*place].name));
    operand[*place] = static_cast<int>(given.bits);
  }

  const std::vector<std::string>& unknown() const { return unknown_; }

  /// What is not said follows from what is: weights that are another layer's, a product of two
  /// activations, and activations where the options say them.
  void complete(const std::optional<int>& activations) {
    for (std::size_t i = 0; i < target_.layers.size(); ++i) {
      const graph::LayerShape& layer = target_.layers[i];
      if (!activations_[i]) activations_[i] = activations;
      if (!weights_[i] && !layer.has_weights()) weights_[i] = activations_[i];
      if (!weights_[i] && !layer.weights_of.empty())
        weights_[i] = weights_[places_.at(layer.weights_of)];
    }
  }

  std::vector<std::string> without(Operand which) const {
    const auto& operand = which == Operand::kWeights ? weights_ : activations_;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < operand.size(); ++i)
      if (!operand[i]) names.push_back(target_.layers[i].name);
    return names;
  }

  graph::Policy policy() const {
    graph::Policy policy;
    for (std::size_t i = 0; i < weights_.size(); ++i)
      policy.push_back({*weights_[i], *activations_[i]});
    return policy;
  }

 private:
  const Target& target_;
  std::map<std::string_view, std::size_t> places_;
  std::vector<std::optional<int>> weights_, activations_;
  std::vector<std::string> unknown_;
};

}  // namespace

Rename parse_rename(std::string_view option, std::string_view text) {
  const std::size_t sign = text.find('=');
  const std::string_view from = text.substr(0, sign);
  if (sign == std::string_view::npos || from.empty() || sign + 1 == text.size())
    throw UserError(fmt::format("{} '{}': must be OLD=NEW", option, excerpt(text)));
  const std::string_view to = text.substr(sign + 1);
  if (std::count(to.begin(), to.end(), '*') > std::count(from.begin(), from.end(), '*'))
    throw UserError(fmt::format("{} '{}': NEW has more * than OLD", option, excerpt(text)));
  return {std::string(from), std::string(to)};
}

bool Target::has(std::string_view name) const {
  return std::any_of(layers.begin(), layers.end(),
                     [&](const graph::LayerShape& layer) { return layer.name == name; });
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", shown_name(names[i]));
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

graph::Policy policy_of(const std::string& source, Named& named, const Target& target,
                        const Reading& options) {
  Collected collected(target);
  for (const NamedBits& each : named.bits) collected.add(each, options.renames);
  collected.complete(options.activations);
  const auto weightless = collected.without(Operand::kWeights);
  const bool is_mistake =
      !collected.unknown().empty() && (!named.has_other_weights || !weightless.empty());
  std::string complaint;
  if (is_mistake)
    complaint = fmt::format("no layers of {}: {} (--rename OLD=NEW maps names)", target.network,
                            listed(collected.unknown()));
  if (!weightless.empty())
    complaint += fmt::format("{}no weight bits of layers {}", complaint.empty() ? "" : "; ",
                             listed(weightless));
  if (!complaint.empty()) throw UserError(fmt::format("{}: {}", source, complaint));
  if (const auto missing = collected.without(Operand::kActivations); !missing.empty())
    throw UserError(fmt::format("{}: says no activation bits of layers {}; --activations BITS does",
                                source, listed(missing)));
  named.passed_over += collected.unknown().size();
  graph::Policy policy = collected.policy();
  graph::check_policy(source, policy, target.layers);
  return policy;
}

}  // namespace bitloom::policies
