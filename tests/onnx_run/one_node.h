#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "models/torch/onnx/run.h"

namespace bitloom::testing {

inline onnx::Attribute integer(const std::string& name, std::int64_t value) {
  onnx::Attribute attribute;
  attribute.name = name;
  attribute.integer = value;
  return attribute;
}

inline onnx::Attribute integers(const std::string& name, std::vector<std::int64_t> values) {
  onnx::Attribute attribute;
  attribute.name = name;
  attribute.integers = std::move(values);
  return attribute;
}

inline onnx::Attribute text(const std::string& name, const std::string& value) {
  onnx::Attribute attribute;
  attribute.name = name;
  attribute.text = value;
  return attribute;
}

/// A node of that version of an operator with inputs `x0`, `x1`, .. and outputs `y0`, `y1`, ..
inline onnx::Node node_of(const std::string& op, std::int64_t opset, std::size_t inputs,
                          std::vector<onnx::Attribute> attributes = {}, std::size_t outputs = 1) {
  onnx::Node node;
  node.op = op;
  node.opset = opset;
  node.attributes = std::move(attributes);
  for (std::size_t i = 0; i < inputs; ++i) node.inputs.push_back("x" + std::to_string(i));
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back("y" + std::to_string(i));
  return node;
}

/// A model of these nodes, whose inputs and outputs have those names.
inline onnx::Model model_of(std::vector<onnx::Node> nodes, const std::vector<std::string>& inputs,
                            const std::vector<std::string>& outputs) {
  onnx::Model model;
  model.path = "m.onnx";
  model.graph.nodes = std::move(nodes);
  for (const std::string& name : inputs) model.graph.inputs.push_back({name});
  for (const std::string& name : outputs) model.graph.outputs.push_back({name});
  return model;
}

/// What a node gives for inputs, of which an undefined one is left out.
inline std::vector<at::Tensor> outputs_of(const onnx::Node& node,
                                          const std::vector<at::Tensor>& inputs) {
  const nn::onnx::Operator* op = nn::onnx::operator_of(node.domain, node.op);
  ensure(op != nullptr, "the operator has a row");
  return nn::onnx::evaluate(*op, {node, inputs});
}

inline at::Tensor number(float value) { return at::scalar_tensor(value); }

inline std::vector<float> floats(const at::Tensor& x) {
  const at::Tensor values = x.to(at::kFloat).contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

}  // namespace bitloom::testing
