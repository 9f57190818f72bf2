#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/layer_shape.h"
#include "models/graph/policy.h"

/// Policies as other programs write them.
namespace bitloom::policies {

enum class Operand { kWeights, kActivations };

/// Bits of an operand of a layer, as a file names it.
struct NamedBits {
  std::string name;  // that should be a layer's
  Operand operand = Operand::kWeights;
  std::int64_t bits = 0;
  std::string place;  // what complaints begin with, such as `bits.json: nncf[3]`
};

/// A name of the file's and the layer's. Each `*` of `from` stands for any characters, which those
/// of `to` repeat in their order: `backbone.*` to `*`.
struct Rename {
  std::string from;
  std::string to;
};
/// `OLD=NEW`; a UserError that begins with `option` where it is not.
Rename parse_rename(std::string_view option, std::string_view text);

struct Reading {
  std::optional<int> activations = {};  // of layers whose activation bits the file does not say
  std::vector<Rename> renames = {};
  std::string entry = {};  // of a file with several policies
};

/// What a file says.
struct Named {
  std::vector<NamedBits> bits;
  std::size_t passed_over = 0;     // entries of other things than layers' operands
  bool has_other_weights = false;  // besides layers', so that an unknown name need be no mistake
};

/// The layers that a policy is for.
struct Target {
  std::string network;
  const std::vector<graph::LayerShape>& layers;

  /// Whether a layer has that name.
  bool has(std::string_view name) const;
};

/// The policy that `named` makes. Names are renamed first; `module.` and `model.` before a name are
/// passed over. Adds what is passed over to `named`. A UserError that begins with `source` names
/// what is given twice; which names are no layers' and which layers have no bits, in one line.
graph::Policy policy_of(const std::string& source, Named& named, const Target& target,
                        const Reading& options);

/// `'a', 'b' and 3 more`.
std::string listed(const std::vector<std::string>& names);

}  // namespace bitloom::policies
