#pragma once

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
  Graph (*make)();
};

/// All networks, in the order in which `list networks` prints them.
const std::vector<ZooEntry>& zoo();

/// Builds the network `name`; an unknown name is answered with the nearest known ones.
Graph make_network(std::string_view name);

}  // namespace bitloom::graph
