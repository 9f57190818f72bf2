// Functions that a model defines: their nodes with the attributes of a call.
#include <fmt/format.h>

#include "base/error.h"
#include "models/onnx/inference/functions.h"
#include "models/torch/onnx/interpreter.h"

namespace bitloom::nn::onnx {
namespace {

using bitloom::onnx::Function;
using bitloom::onnx::GraphBody;

GraphBody body_of(const Node& call, const Function& function) {
  GraphBody body;
  body.nodes = bitloom::onnx::called_nodes(function, call);
  for (const std::string& name : function.inputs) body.inputs.push_back({name});
  for (const std::string& name : function.outputs) body.outputs.push_back({name});
  return body;
}

}  // namespace

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
