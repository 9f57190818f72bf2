#include "models/onnx/inference/functions.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace bitloom::onnx {
namespace {

/// What the call or the function's defaults say of an attribute.
const Attribute* attribute_value(const std::string& name, const Function& function,
                                 const Node& call) {
  if (const Attribute* given = call.attribute(name)) return given;
  const auto found = std::find_if(function.defaults.begin(), function.defaults.end(),
                                  [&](const Attribute& each) { return each.name == name; });
  return found == function.defaults.end() ? nullptr : &*found;
}

/// A call with its function.
struct Called {
  const Function& function;
  const Node& call;
  std::set<std::string> missing;  // inputs of the function
};

void adapt(std::vector<Node>& nodes, const Called& called) {
  for (Node& node : nodes) {
    for (std::string& input : node.inputs)
      if (called.missing.count(input)) input.clear();
    std::vector<Attribute> attributes;
    for (Attribute& each : node.attributes) {
      Attribute adapted = std::move(each);
      if (!adapted.reference.empty()) {
        const Attribute* value = attribute_value(adapted.reference, called.function, called.call);
        if (!value) continue;
        const std::string name = std::move(adapted.name);
        adapted = *value;
        adapted.name = name;
      } else if (adapted.body) {
        auto body = std::make_shared<GraphBody>(*adapted.body);
        adapt(body->nodes, called);
        adapted.body = std::move(body);
      }
      attributes.push_back(std::move(adapted));
    }
    node.attributes = std::move(attributes);
  }
}

/// Nodes as a file says them, those in the graphs of attributes too.
std::size_t written_nodes(const std::vector<Node>& nodes) {
  std::size_t count = nodes.size();
  for (const Node& node : nodes)
    for (const Attribute& attribute : node.attributes)
      if (attribute.body) count += written_nodes(attribute.body->nodes);
  return count;
}

std::size_t written_nodes(const Model& model) {
  std::size_t count = written_nodes(model.graph.nodes);
  for (const Function& function : model.functions) count += written_nodes(function.nodes);
  return count;
}

constexpr std::size_t kMostNodes = 1u << 20;

}  // namespace

const Function* function_of(const Model& model, const Node& node) {
  for (const Function& function : model.functions)
    if (function.name == node.op && function.domain == node.domain &&
        function.overload == node.overload)
      return &function;
  return nullptr;
}

std::vector<Node> called_nodes(const Function& function, const Node& call) {
  Called called{function, call, {}};
  for (std::size_t i = 0; i < function.inputs.size(); ++i)
    if (!call.has_input(i)) called.missing.insert(function.inputs[i]);
  std::vector<Node> nodes = function.nodes;
  adapt(nodes, called);
  return nodes;
}

std::size_t most_nodes_of(const Model& model) {
  constexpr std::size_t kTimes = 64, kOfSmallFiles = 1u << 14;
  return std::min(kMostNodes, kOfSmallFiles + kTimes * written_nodes(model));
}

UserError too_many_nodes(const Model& model) {
  if (written_nodes(model) > kMostNodes)
    return UserError(fmt::format("has more than {} nodes", kMostNodes));
  return UserError(fmt::format(
      "its {} nodes call functions that call each other: in their places there would be more than "
      "{}; functions with fewer calls would be right",
      written_nodes(model), most_nodes_of(model)));
}

}  // namespace bitloom::onnx
