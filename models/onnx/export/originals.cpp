// Nodes of ONNX that an imported graph holds, written as they are.
#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/onnx/export/exporter.h"

namespace bitloom::onnx {
namespace {

constexpr std::int64_t kOpset = 18;        // of networks without such nodes
constexpr std::int64_t kOldest = 11;       // whose Clip, Pad and Resize are written here
constexpr std::int64_t kOldestOfQdq = 13;  // whose scales may lie along channels

const Call* original_of(const graph::Operator& op) {
  if (op.is<Call>()) return &op.as<Call>();
  return op.is<ProductCall>() ? &op.as<ProductCall>().call : nullptr;
}

/// The version of the file format that came with an opset
/// (https://github.com/onnx/onnx/blob/main/docs/Versioning.md).
std::int64_t ir_version(std::int64_t opset) {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  return opset <= 22 ? 10 : 11;
}

/// Outputs under the names that the graph's node has: `which` is its value.
std::vector<std::string> outputs_of(const Node& node, const std::string& name, std::size_t which) {
  std::vector<std::string> outputs;
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    outputs.push_back(i == which ? name : fmt::format("{}.output{}", name, i));
  return outputs;
}

}  // namespace

void Exporter::choose_opset() {
  std::int64_t newest = 0;
  for (const graph::Node& node : graph_.nodes())
    if (const Call* call = original_of(node.op)) {
      has_originals_ = true;
      std::int64_t& opset = model_.opsets[call->node.domain];
      opset = std::max(opset, call->node.opset);
      newest = model_.opsets[""];
    }
  const std::int64_t oldest = format_ == Format::kQdq ? kOldestOfQdq : kOldest;
  if (newest > 0 && newest < oldest)
    throw unsupported(fmt::format(
        "network {}: is of opset {}, this format needs {} or later; "
        "{}ONNX's version converter brings it there",
        graph_.name(), newest, oldest, newest >= kOldest ? "--format qonnx takes it; " : ""));
  if (newest == 0) model_.opsets[""] = kOpset;
  model_.ir_version = ir_version(opset());
}

std::string Exporter::constant_value(const Constant& constant) {
  const auto found = constants_.find(&constant);
  if (found != constants_.end()) return found->second;
  const std::string name = fmt::format("{}.constant{}", node_->name, constants_.size());
  constants_[&constant] = name;
  if (constant.tensor) {
    model_.graph.initializers.insert_or_assign(name, *constant.tensor);
    return name;
  }
  Node node = constant.node;
  node.name = name;
  node.inputs.clear();
  for (const auto& input : constant.inputs)
    node.inputs.push_back(input ? constant_value(*input) : "");
  node.outputs = outputs_of(node, name, constant.output);
  model_.graph.nodes.push_back(std::move(node));
  return name;
}

void Exporter::original(const Call& call) {
  for (const Attribute& attribute : call.node.attributes)
    if (attribute.body)
      throw unsupported(
          fmt::format("network {}: {} '{}' holds a graph of its own, which is not "
                      "exported",
                      graph_.name(), call.node.op, node_->name));
  Node node = call.node;
  node.name = node_->name;
  node.inputs.clear();
  std::size_t next = 0;
  for (const Operand& operand : call.operands)
    node.inputs.push_back(operand.constant   ? constant_value(*operand.constant)
                          : operand.is_input ? graph_.node(node_->inputs.at(next++)).name
                                             : "");
  node.outputs = outputs_of(node, node.name, call.output);
  model_.graph.nodes.push_back(std::move(node));
}

}  // namespace bitloom::onnx
