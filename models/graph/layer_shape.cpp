#include "models/graph/layer_shape.h"

#include <algorithm>
#include <map>
#include <set>

#include "models/graph/graph.h"

namespace bitloom::graph {
namespace {

/// Whether each node's values can be negative.
std::vector<bool> can_be_negative(const Graph& graph) {
  std::vector<bool> negative;
  for (const Node& node : graph.nodes()) {
    const Sign sign = node.op.sign();
    const bool reads_negative =
        std::any_of(node.inputs.begin(), node.inputs.end(),
                    [&](NodeId input) { return static_cast<bool>(negative[input]); });
    negative.push_back(sign == Sign::kAny || (sign == Sign::kAsInputs && reads_negative));
  }
  return negative;
}

/// The layers, by node, whose results are in each node's values: its own, else those of its inputs.
std::vector<std::set<NodeId>> layers_within(const Graph& graph) {
  std::vector<std::set<NodeId>> within;
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.node(id);
    within.emplace_back();
    if (node.op.is_layer())
      within.back().insert(id);
    else
      for (const NodeId input : node.inputs)
        within.back().insert(within[input].begin(), within[input].end());
  }
  return within;
}

}  // namespace

std::string_view to_text(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return "conv";
    case LayerKind::kDepthwise:
      return "depthwise";
    case LayerKind::kLinear:
      return "linear";
    case LayerKind::kMatMul:
      return "matmul";
  }
  return "";
}

std::vector<LayerShape> layers_of(const Graph& graph) {
  const std::vector<bool> negative = can_be_negative(graph);
  const std::vector<std::set<NodeId>> within = layers_within(graph);
  std::vector<LayerShape> layers;
  std::map<NodeId, std::size_t> index;
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.node(id);
    if (!node.op.is_layer()) continue;
    LayerShape layer = node.op.layer(graph.input_shapes(node), node.shape);
    layer.name = node.name;
    const NodeId first = node.inputs[0];
    const bool is_convolution =
        layer.kind == LayerKind::kConvolution || layer.kind == LayerKind::kDepthwise;
    if (!layer.is_within) layer.signed_activations = negative[first];
    if (!layer.is_within && !layer.has_weights() && node.inputs.size() > 1)
      layer.signed_second = std::any_of(node.inputs.begin() + 1, node.inputs.end(),
                                        [&](NodeId input) { return bool{negative[input]}; });
    NodeId source = first;
    while (graph.node(source).op.rounds()) source = graph.node(source).inputs.at(0);
    layer.reads_input = is_convolution && graph.node(source).op.is_input();
    std::set<NodeId> producers;
    for (const NodeId input : node.inputs)
      producers.insert(within[input].begin(), within[input].end());
    for (const NodeId producer : producers)
      layers[index.at(producer)].read_by.push_back(layer.name);
    index.emplace(id, layers.size());
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::int64_t parameter_count(const Graph& graph) {
  std::int64_t count = 0;
  for (const Node& node : graph.nodes())
    for (const Parameter& each : node.op.parameters(graph.input_shapes(node)))
      if (is_learned(each.role)) count += size_of(each.shape);
  return count;
}

Macs macs_of(const std::vector<LayerShape>& layers) {
  Macs total;
  for (const LayerShape& layer : layers) total += layer.macs();
  return total;
}

}  // namespace bitloom::graph
