#include "models/graph/layer_shape.h"

#include <algorithm>
#include <map>
#include <set>

namespace bitloom::graph {
namespace {

LayerShape convolution_layer(const Node& node, const Convolution& op, const Shape& in) {
  const bool depthwise = op.groups > 1 && op.groups == in[0];
  return {.name = node.name,
          .kind = depthwise ? LayerKind::kDepthwise : LayerKind::kConvolution,
          .in_channels = in[0],
          .out_channels = op.out_channels,
          .kernel = op.window.kernel,
          .stride = op.window.stride,
          .input = {in[1], in[2]},
          .output = {node.shape[1], node.shape[2]},
          .groups = op.groups,
          .biases = op.bias ? op.out_channels : 0,
          .weights_of = op.weights_of};
}

LayerShape linear_layer(const Node& node, const Linear& op, const Shape& in) {
  return {.name = node.name,
          .kind = LayerKind::kLinear,
          .in_channels = in[0],
          .out_channels = op.out_features,
          .kernel = {},
          .stride = {},
          .input = {},
          .output = {},
          .groups = 1,
          .biases = op.bias ? op.out_features : 0};
}

/// Whether each node's values can be negative. A ReLU's cannot, nor what moves, adds or averages
/// such values.
std::vector<bool> can_be_negative(const Graph& graph) {
  std::vector<bool> negative;
  for (const Node& node : graph.nodes()) {
    const auto is = [&]<class Op>(Op) { return std::holds_alternative<Op>(node.op); };
    if (is(Activation{}))
      negative.push_back(false);
    else if (is(Input{}) || is(Convolution{}) || is(Linear{}) || is(BatchNorm{}))
      negative.push_back(true);
    else
      negative.push_back(std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](NodeId input) { return negative[input]; }));
  }
  return negative;
}

/// The layers, by node, whose results are in each node's values: its own, else those of its inputs.
std::vector<std::set<NodeId>> layers_within(const Graph& graph) {
  std::vector<std::set<NodeId>> within;
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.node(id);
    within.emplace_back();
    if (std::holds_alternative<Convolution>(node.op) || std::holds_alternative<Linear>(node.op))
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
  }
  return "";
}

std::vector<LayerShape> layers_of(const Graph& graph) {
  const std::vector<bool> negative = can_be_negative(graph);
  const std::vector<std::set<NodeId>> within = layers_within(graph);
  std::vector<LayerShape> layers;
  std::map<NodeId, std::size_t> index;
  NodeId id = 0;
  const auto add = [&](LayerShape layer, NodeId input) {
    layer.signed_activations = negative[input];
    for (const NodeId producer : within[input])
      layers[index.at(producer)].read_by.push_back(layer.name);
    index.emplace(id, layers.size());
    layers.push_back(std::move(layer));
  };
  for (const Node& node : graph.nodes()) {
    if (const auto* convolution = std::get_if<Convolution>(&node.op)) {
      const Node& from = graph.node(node.inputs[0]);
      add(convolution_layer(node, *convolution, from.shape), node.inputs[0]);
      layers.back().reads_input = std::holds_alternative<Input>(from.op);
    }
    if (const auto* linear = std::get_if<Linear>(&node.op))
      add(linear_layer(node, *linear, graph.node(node.inputs[0]).shape), node.inputs[0]);
    ++id;
  }
  return layers;
}

std::int64_t parameter_count(const Graph& graph) {
  std::int64_t count = 0;
  for (const LayerShape& layer : layers_of(graph))
    if (layer.weights_of.empty()) count += layer.weights() + layer.biases;
  for (const Node& node : graph.nodes())
    if (std::holds_alternative<BatchNorm>(node.op)) count += 2 * node.shape[0];
  return count;
}

Macs macs_of(const std::vector<LayerShape>& layers) {
  Macs total;
  for (const LayerShape& layer : layers) total += layer.macs();
  return total;
}

}  // namespace bitloom::graph
