#include "models/weights/parameters.h"

namespace bitloom::weights {

std::vector<ParameterShape> parameters_of(const graph::Graph& graph) {
  std::vector<ParameterShape> found;
  for (graph::NodeId id = 0; id < graph.nodes().size(); ++id) {
    const graph::Node& node = graph.node(id);
    for (graph::Parameter& each : node.op.parameters(graph.input_shapes(node)))
      found.push_back({node.name + std::string(each.suffix), id, each.role, std::move(each.shape)});
  }
  return found;
}

}  // namespace bitloom::weights
