#include "models/torch/post_training/blocks.h"

#include <algorithm>

namespace bitloom::nn {

using graph::NodeId;

std::vector<Block> blocks_of(const graph::Graph& graph) {
  const std::size_t nodes = graph.nodes().size();
  // What is read last where: behind a node that no earlier output outlives, one tensor is alive.
  std::vector<NodeId> last_reader(nodes, 0);
  for (NodeId id = 0; id < nodes; ++id)
    for (const NodeId input : graph.node(id).inputs) last_reader[input] = id;
  std::vector<Block> blocks;
  Block open{graph.inputs().front(), graph.inputs().front(), 0, 0};
  NodeId outlives = 0;  // the last reader of what came before
  for (NodeId id = open.from + 1; id < nodes; ++id) {
    outlives = std::max(outlives, last_reader[id - 1]);
    const bool is_layer = graph.node(id).op.is_layer();
    if (is_layer && open.layers > 0 && open.to == id - 1) {
      blocks.push_back(open);
      open = {id - 1, id - 1, open.first_layer + open.layers, 0};
    }
    open.layers += is_layer ? 1 : 0;
    if (outlives <= id) open.to = id;
  }
  open.to = nodes - 1;
  blocks.push_back(open);
  return blocks;
}

}  // namespace bitloom::nn
