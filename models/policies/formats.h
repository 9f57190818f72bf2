#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/policies/named_bits.h"

namespace bitloom::policies {

/// A file, or what would be in one.
struct File {
  std::string path;  // complaints begin with it
  std::string text;
};

/// A format of policies.
struct Format {
  std::string_view name;
  std::string_view doc;
  /// Whether a file is of this format, by its path and its text; however it may be damaged.
  bool (*recognizes)(const File& file);
  /// The policy in the file; `passed_over` entries are of no layer.
  graph::Policy (*read)(const File& file, const Target& target, const Reading& reading,
                        std::size_t& passed_over);
  /// The policy as a text. `like`: a file of this format, of which everything but bits is kept;
  /// none is given where `needs_like` is empty. A UserError names what the format cannot say.
  std::string (*write)(const graph::Policy& policy, const Target& target, const File& like);
  std::string_view needs_like;  // what such a file is and why it is needed; empty: it is not
};

Format bitloom_format();
Format haq_format();
Format nncf_format();
Format aimet_format();
Format hawq_format();

const std::vector<Format>& formats();
/// A UserError lists the known names.
const Format& format_named(std::string_view name);

struct Read {
  graph::Policy policy;
  std::string_view format;
  std::size_t passed_over = 0;  // entries of other things than layers' operands
};

/// Reads a policy in the format of that name, or in the one that is recognized.
Read read_policy(const File& file, const std::optional<std::string>& format, const Target& target,
                 const Reading& reading);

/// The most bytes that are read of a file: encodings have scales of every channel.
inline constexpr std::size_t kMostBytes = 64u << 20;

/// A PyTorch module: `layer1.0.conv1`, `Conv2d`; the model itself has no name.
struct Module {
  std::string name;
  std::string type;
};
/// NNCF's "bitwidth_per_scope" of the weights of a PyTorch model with these modules, as JSON. A
/// UserError names the layer that is no module, or none that has weights.
std::string nncf_entries(const graph::Policy& policy, const Target& target,
                         const std::vector<Module>& modules);

}  // namespace bitloom::policies
