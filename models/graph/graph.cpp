#include "models/graph/graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/shape_inference.h"

namespace bitloom::graph {
namespace {

struct OperatorName {
  std::string operator()(const Input&) const { return "input"; }
  std::string operator()(const Convolution&) const { return "convolution"; }
  std::string operator()(const Linear&) const { return "linear"; }
  std::string operator()(const BatchNorm&) const { return "batch norm"; }
  std::string operator()(const Activation& op) const {
    return op.kind == ActivationKind::kRelu6 ? "relu6" : "relu";
  }
  std::string operator()(const Pool& op) const {
    return op.kind == PoolKind::kMax ? "max pool" : "average pool";
  }
  std::string operator()(const GlobalAveragePool&) const { return "global average pool"; }
  std::string operator()(const Upsample&) const { return "upsample"; }
  std::string operator()(const Add&) const { return "add"; }
  std::string operator()(const Concat&) const { return "concat"; }
  std::string operator()(const Flatten&) const { return "flatten"; }
  std::string operator()(const PaddedSubsample&) const { return "padded subsample"; }
};

/// The shape of a convolution's parameters: output x input channels a group x kernel, with or
/// without bias.
std::string parameters_of(const Convolution& op, const Shape& input) {
  return fmt::format("{}x{}x{}x{}{}", op.out_channels, input[0] / op.groups,
                     op.window.kernel.height, op.window.kernel.width, op.bias ? " with bias" : "");
}

/// Refuses weights that `nodes` do not hold, or that `sharer` could not use.
void check_sharing(const std::vector<Node>& nodes, const Convolution& sharer, const Shape& input) {
  const std::string& name = sharer.weights_of;
  const auto owner =
      std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return n.name == name; });
  const auto* op = owner == nodes.end() ? nullptr : std::get_if<Convolution>(&owner->op);
  if (op == nullptr || !op->weights_of.empty())
    throw UserError(fmt::format("'{}' is no earlier convolution with weights of its own", name));
  const std::string held = parameters_of(*op, nodes[owner->inputs[0]].shape);
  const std::string needed = parameters_of(sharer, input);
  if (held != needed)
    throw UserError(fmt::format("needs weights of {}, '{}' has {}", needed, name, held));
}

}  // namespace

std::string name_of(const Operator& op) { return std::visit(OperatorName{}, op); }

NodeId Graph::add(std::string name, Operator op, std::vector<NodeId> inputs) {
  const auto refuse = [&](std::string_view why) {
    return UserError(fmt::format("network {}: {} '{}': {}", name_, name_of(op), name, why));
  };
  std::vector<Shape> shapes;
  for (const NodeId input : inputs) {
    ensure(input < nodes_.size(), "a node's inputs are added before it");
    shapes.push_back(nodes_[input].shape);
  }
  if (std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.name == name; }))
    throw refuse("the name is used twice");
  try {
    Shape shape = infer_shape(op, shapes);
    const auto* convolution = std::get_if<Convolution>(&op);
    if (convolution != nullptr && !convolution->weights_of.empty())
      check_sharing(nodes_, *convolution, shapes[0]);
    nodes_.push_back({std::move(name), std::move(op), std::move(inputs), std::move(shape)});
  } catch (const UserError& misfit) {
    throw refuse(misfit.what());
  }
  return nodes_.size() - 1;
}

Graph rebuilt(const Graph& graph, const std::function<Operator(const Node&)>& change) {
  Graph result(graph.name());
  for (const Node& node : graph.nodes()) result.add(node.name, change(node), node.inputs);
  return result;
}

}  // namespace bitloom::graph
