#include "models/graph/classifier.h"

namespace bitloom::graph {

std::optional<NodeId> classifier_of(const Graph& graph) {
  const std::vector<Output> outputs = graph.outputs();
  if (outputs.size() != 1) return std::nullopt;
  const Shape& classes = graph.node(outputs.front().node).shape;
  for (NodeId id = outputs.front().node + 1; id-- > 0;) {
    const Node& node = graph.node(id);
    if (!node.op.is_layer()) continue;
    const LayerShape layer = node.op.layer(graph.input_shapes(node), node.shape);
    if (classes != Shape{layer.out_channels} || !layer.has_weights()) return std::nullopt;
    return id;
  }
  return std::nullopt;
}

}  // namespace bitloom::graph
