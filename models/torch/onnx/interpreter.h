#pragma once

#include <memory>

#include "models/torch/onnx/scope.h"
#include "models/torch/onnx/table.h"

namespace bitloom::nn::onnx {

/// Runs graphs of one model: its own, and those of branches, loops and functions.
class Interpreter {
 public:
  Interpreter(const bitloom::onnx::Model& model, Precision precision)
      : model_(model), precision_(precision) {}

  using Values = std::vector<Value>;
  /// The outputs of a graph whose nodes see the values of `outer`, too. A UserError begins with the
  /// node that it is of.
  Values run(const bitloom::onnx::GraphBody& body, const Values& inputs, Scope* outer);

 private:
  Values run_node(const Node& node, Scope& scope);
  Values run_operator(const Node& node, const Values& inputs);
  Values run_if(const Node& node, const Values& inputs, Scope& scope);
  Values run_loop(const Node& node, const Values& inputs, Scope& scope);
  Values run_scan(const Node& node, const Values& inputs, Scope& scope);
  /// Version 8 had a batch.
  Values run_batched_scan(const Node& node, const Values& inputs, Scope& scope);
  Values run_function(const Node& node, const bitloom::onnx::Function& function,
                      const Values& inputs);
  const Plan& plan(const bitloom::onnx::GraphBody& body);

  const bitloom::onnx::Model& model_;
  Precision precision_;
  std::map<const bitloom::onnx::GraphBody*, Plan> plans_ = {};
  std::map<const Node*, std::shared_ptr<const bitloom::onnx::GraphBody>> called_ = {};
  int depth_ = 0;
};

/// `Conv 'conv1'`, or `Conv of 'y'` where a node has no name.
std::string place_of(const Node& node);
/// The graph in an attribute; a UserError where there is none.
const bitloom::onnx::GraphBody& graph_of(const Node& node, std::string_view attribute);

}  // namespace bitloom::nn::onnx
