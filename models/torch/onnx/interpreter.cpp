#include "models/torch/onnx/interpreter.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "models/onnx/inference/functions.h"

namespace bitloom::nn::onnx {
namespace {

/// Functions and graphs that lie in each other, and functions that call themselves.
constexpr int kDeepestCall = 100;

std::string placed(const Node& node, const UserError& error) {
  return fmt::format("{}: {}", place_of(node), error.what());
}

}  // namespace

std::string place_of(const Node& node) {
  if (!node.name.empty()) return fmt::format("{} '{}'", node.op, shown_name(node.name));
  const std::string output = node.outputs.empty() ? "" : node.outputs[0];
  return fmt::format("{} of '{}'", node.op, shown_name(output));
}

const bitloom::onnx::GraphBody& graph_of(const Node& node, std::string_view attribute) {
  const auto* found = node.attribute(attribute);
  if (!found || !found->body)
    throw UserError(fmt::format("{}: has no graph {}", place_of(node), attribute));
  return *found->body;
}

const Plan& Interpreter::plan(const bitloom::onnx::GraphBody& body) {
  const auto known = plans_.find(&body);
  return known != plans_.end() ? known->second : plans_.emplace(&body, plan_of(body)).first->second;
}

Interpreter::Values Interpreter::run(const bitloom::onnx::GraphBody& body, const Values& inputs,
                                     Scope* outer) {
  if (inputs.size() != body.inputs.size())
    throw UserError(
        fmt::format("a graph takes {} inputs, not {}", body.inputs.size(), inputs.size()));
  if (++depth_ > kDeepestCall)
    throw UserError(fmt::format("graphs call each other more than {} deep", kDeepestCall));
  Scope scope(body, outer);
  for (std::size_t i = 0; i < inputs.size(); ++i) scope.set(body.inputs[i].name, inputs[i]);
  for (const Plan::Step& step : plan(body).steps) {
    const Node& node = body.nodes[step.node];
    Values outputs = run_node(node, scope);
    for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i)
      if (!node.outputs[i].empty()) scope.set(node.outputs[i], std::move(outputs[i]));
    for (const std::string& name : step.last_read) scope.forget(name);
  }
  Values outputs;
  for (const bitloom::onnx::ValueInfo& output : body.outputs)
    outputs.push_back(scope.get(output.name));
  --depth_;
  return outputs;
}

Interpreter::Values Interpreter::run_node(const Node& node, Scope& scope) {
  Values inputs;
  try {
    for (const std::string& name : node.inputs)
      inputs.push_back(name.empty() ? Value{} : scope.get(name));
  } catch (const UserError& error) {
    throw error.with_text(placed(node, error));
  }
  if (const auto* function = bitloom::onnx::function_of(model_, node))
    return run_function(node, *function, inputs);
  if (node.domain.empty()) {
    if (node.op == "If") return run_if(node, inputs, scope);
    if (node.op == "Loop") return run_loop(node, inputs, scope);
    if (node.op == "Scan" && node.opset < 9) return run_batched_scan(node, inputs, scope);
    if (node.op == "Scan") return run_scan(node, inputs, scope);
  }
  return run_operator(node, inputs);
}

Interpreter::Values Interpreter::run_operator(const Node& node, const Values& inputs) {
  const Operator* op = operator_of(node.domain, node.op);
  if (!op)
    throw unsupported(fmt::format("{}: operator {}{}{} is not known", place_of(node), node.domain,
                                  node.domain.empty() ? "" : ".", excerpt(node.op)));
  Call call{node, {}, {}};
  for (const Value& input : inputs) {
    call.inputs.push_back(input.tensor);
    call.types.push_back(input.type);
  }
  try {
    const Outputs tensors = evaluate(*op, call, precision_);
    const std::vector<ElementType> types = types_of(call, tensors);
    Values outputs;
    for (std::size_t i = 0; i < tensors.size(); ++i)
      outputs.push_back(
          {tensors[i].defined() ? wrapped(tensors[i], types[i]) : tensors[i], types[i]});
    return outputs;
  } catch (const UserError& error) {
    throw error.with_text(placed(node, error));
  }
}

}  // namespace bitloom::nn::onnx
