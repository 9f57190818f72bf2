// Functions that a model defines: their nodes with the attributes of a call.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "models/torch/onnx/interpreter.h"

namespace bitloom::nn::onnx {
namespace {

using bitloom::onnx::Attribute;
using bitloom::onnx::Function;
using bitloom::onnx::GraphBody;

/// What the call or the function's defaults say of an attribute.
const Attribute* attribute_value(const std::string& name, const Node& call,
                                 const Function& function) {
  if (const Attribute* given = call.attribute(name)) return given;
  const auto found = std::find_if(function.defaults.begin(), function.defaults.end(),
                                  [&](const Attribute& each) { return each.name == name; });
  return found == function.defaults.end() ? nullptr : &*found;
}

/// Puts values in the place of references; an attribute whose reference has none is left out.
void resolve(std::vector<Node>& nodes, const Node& call, const Function& function) {
  for (Node& node : nodes) {
    std::vector<Attribute> attributes;
    for (const Attribute& each : node.attributes) {
      Attribute resolved = each;
      if (!each.reference.empty()) {
        const Attribute* value = attribute_value(each.reference, call, function);
        if (!value) continue;
        resolved = *value;
        resolved.name = each.name;
      } else if (each.body) {
        auto body = std::make_shared<GraphBody>(*each.body);
        resolve(body->nodes, call, function);
        resolved.body = body;
      }
      attributes.push_back(std::move(resolved));
    }
    node.attributes = std::move(attributes);
  }
}

GraphBody body_of(const Node& call, const Function& function) {
  GraphBody body;
  body.nodes = function.nodes;
  resolve(body.nodes, call, function);
  for (const std::string& name : function.inputs) body.inputs.push_back({name});
  for (const std::string& name : function.outputs) body.outputs.push_back({name});
  return body;
}

}  // namespace

const Function* Interpreter::function_of(const Node& node) const {
  for (const Function& function : model_.functions)
    if (function.name == node.op && function.domain == node.domain) return &function;
  return nullptr;
}

Interpreter::Values Interpreter::run_function(const Node& node, const Function& function,
                                              const Values& inputs) {
  auto& body = called_[&node];
  if (!body) body = std::make_shared<const GraphBody>(body_of(node, function));
  Values all = inputs;
  if (all.size() > function.inputs.size())
    throw UserError(fmt::format("{}: takes {} inputs, not {}", place_of(node),
                                function.inputs.size(), all.size()));
  all.resize(function.inputs.size());  // those left out at the end
  return run(*body, all, nullptr);
}

}  // namespace bitloom::nn::onnx
