#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/graph.h"

namespace bitloom::graph {

/// A published network by name.
struct ZooEntry {
  std::string_view name;
  std::string_view dataset;
  std::string_view doc;  // one line: what it is and where it was published
  Extent image;          // the input size at which it was published
  Graph (*make)(Extent image);
};

/// All networks, in the order in which `list networks` prints them.
const std::vector<ZooEntry>& zoo();

struct NetworkOptions {
  std::optional<Extent> image_size = {};     // the network's own where not given
  std::optional<std::int64_t> classes = {};  // of the last layer; else as it was published
};

/// The network `name`; an unknown one is answered with the nearest known ones.
const ZooEntry& find_network(std::string_view name);

/// Builds the network `name`. An unknown name is answered with the nearest known ones; a size that
/// the network cannot take is a UserError that names the layer which refuses it, and so are classes
/// of a network that is no classifier.
Graph make_network(std::string_view name, const NetworkOptions& options = {});

}  // namespace bitloom::graph
