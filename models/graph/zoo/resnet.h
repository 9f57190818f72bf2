#pragma once

#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/graph/zoo/networks.h"

namespace bitloom::graph {

/// The stem and the stages of a ResNet, without pooling and classifier, as detectors build on them;
/// every name begins with `prefix`. Returns the output of each stage (C2, C3, ...).
std::vector<NodeId> add_resnet_stages(Graph& graph, NodeId image, const std::string& prefix,
                                      ResNetBlock block, const std::vector<int>& blocks);

}  // namespace bitloom::graph
