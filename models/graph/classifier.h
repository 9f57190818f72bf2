#pragma once

#include <optional>

#include "models/graph/graph.h"

namespace bitloom::graph {

/// The layer that puts out a number for each class: the last one, where the network's only output
/// has as many numbers as the layer has output channels. Nothing where there is none.
std::optional<NodeId> classifier_of(const Graph& graph);

}  // namespace bitloom::graph
