#include "models/graph/graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::graph {
namespace {

/// The shape of a layer's parameters: output x input channels a group x kernel, with or without
/// bias.
std::string parameters_text(const LayerShape& layer) {
  return fmt::format("{}x{}x{}x{}{}", layer.out_channels, layer.in_channels / layer.groups,
                     layer.kernel.height, layer.kernel.width, layer.biases > 0 ? " with bias" : "");
}

/// Refuses weights that `graph` does not hold, or that `sharer`, an operator of this layer, could
/// not use.
void check_sharing(const Graph& graph, const Operator& sharer, const LayerShape& layer) {
  const auto& nodes = graph.nodes();
  const auto owner = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const Node& n) { return n.name == layer.weights_of; });
  const auto refuse = [&] {
    return UserError(fmt::format("'{}' is no earlier {} with weights of its own", layer.weights_of,
                                 sharer.name()));
  };
  if (owner == nodes.end() || &owner->op.kind() != &sharer.kind()) throw refuse();
  const LayerShape owners = owner->op.layer(graph.input_shapes(*owner), owner->shape);
  if (!owners.weights_of.empty()) throw refuse();
  const std::string held = parameters_text(owners), needed = parameters_text(layer);
  if (held != needed)
    throw UserError(
        fmt::format("needs weights of {}, '{}' has {}", needed, layer.weights_of, held));
}

}  // namespace

NodeId Graph::add(std::string name, Operator op, std::vector<NodeId> inputs) {
  const auto refuse = [&](std::string_view why) {
    return UserError(fmt::format("network {}: {} '{}': {}", name_, op.name(), name, why));
  };
  std::vector<Shape> shapes;
  for (const NodeId input : inputs) {
    ensure(input < nodes_.size(), "a node's inputs are added before it");
    shapes.push_back(nodes_[input].shape);
  }
  if (std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.name == name; }))
    throw refuse("the name is used twice");
  try {
    Shape shape = op.shape(shapes);
    if (op.is_layer()) {
      const LayerShape layer = op.layer(shapes, shape);
      if (!layer.weights_of.empty()) check_sharing(*this, op, layer);
    }
    if (op.is_input()) inputs_.push_back(nodes_.size());
    nodes_.push_back({std::move(name), std::move(op), std::move(inputs), std::move(shape)});
  } catch (const UserError& misfit) {
    throw misfit.with_text(refuse(misfit.what()).what());
  }
  return nodes_.size() - 1;
}

std::vector<Shape> Graph::input_shapes(const Node& node) const {
  std::vector<Shape> shapes;
  for (const NodeId input : node.inputs) shapes.push_back(nodes_.at(input).shape);
  return shapes;
}

void Graph::add_output(std::string name, NodeId node) {
  ensure(node < nodes_.size(), "a network's result is one of its nodes");
  if (std::any_of(outputs_.begin(), outputs_.end(),
                  [&](const Output& o) { return o.name == name; }))
    throw UserError(fmt::format("network {}: output '{}': the name is used twice", name_, name));
  outputs_.push_back({std::move(name), node});
}

std::vector<Output> Graph::outputs() const {
  if (!outputs_.empty() || nodes_.empty()) return outputs_;
  return {{nodes_.back().name, nodes_.size() - 1}};
}

const Node& Graph::only_input() const {
  if (inputs_.size() != 1)
    throw UserError(fmt::format("network {}: must have one input, has {}", name_, inputs_.size()));
  return nodes_[inputs_.front()];
}

const Node& Graph::only_output() const {
  const std::vector<Output> results = outputs();
  if (results.size() != 1)
    throw UserError(fmt::format("network {}: must have one output, has {}", name_, results.size()));
  return nodes_[results.front().node];
}

Graph rebuilt(const Graph& graph, const std::function<Operator(const Node&)>& change) {
  Graph result(graph.name());
  for (const Node& node : graph.nodes()) result.add(node.name, change(node), node.inputs);
  for (const Output& output : graph.outputs()) result.add_output(output.name, output.node);
  return result;
}

}  // namespace bitloom::graph
