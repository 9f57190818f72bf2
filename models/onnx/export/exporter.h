#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/onnx/call.h"
#include "models/onnx/export/export.h"

namespace bitloom::onnx {

/// A model while a graph is written into it, node by node. An operator's row in operator_rows.cpp
/// is called with its attributes and says what nodes it becomes.
class Exporter {
 public:
  Exporter(const graph::Graph& graph, Format format, const ExportedValues& values);
  Model model();

  // What a row reads of its node.

  const std::string& name() const { return node_->name; }
  const Shape& shape() const { return node_->shape; }
  std::size_t inputs() const { return node_->inputs.size(); }
  const Shape& input_shape(std::size_t which = 0) const;
  /// The value of an input. A layer's are quantized.
  std::string input(std::size_t which = 0);
  std::vector<std::string> all_inputs();
  /// ONNX's version that the model is of.
  std::int64_t opset() const { return model_.opsets.at(""); }
  /// A parameter of the node, or of the node whose weights it uses: `.weight`.
  std::string parameter(const std::string& suffix, const std::string& owner);

  // What it gives.

  /// The node of ONNX that the graph's node is, with its constants.
  void original(const Call& call);
  /// A node that gives the value of the graph's node.
  void result(const std::string& op, std::vector<std::string> inputs,
              std::vector<Attribute> attributes = {});
  /// One on the way to it, and the name of its value: `name.what`.
  std::string step(const std::string& op, std::vector<std::string> inputs, const std::string& what,
                   std::vector<Attribute> attributes = {}, const std::string& domain = "");
  /// A constant under a name of its own: `name.what`.
  std::string constant(const std::string& what, Tensor tensor);

 private:
  void add(graph::NodeId id);
  void choose_opset();
  void add_input(const graph::Node& node);
  void add_outputs();
  std::string constant_value(const Constant& constant);
  const integer::QuantizedLayer* layer() const;
  std::string quantized_input(const integer::QuantizedLayer& layer, const std::string& value);
  std::string quantized_weights(const integer::QuantizedLayer& layer, const std::string& name,
                                const Shape& shape);
  std::string raw_parameter(const std::string& name, const Shape& shape);

  const graph::Graph& graph_;
  Format format_;
  ExportedValues values_;
  Model model_;
  const graph::Node* node_ = nullptr;
  std::map<std::string, std::size_t> layer_of_;  // by node
  bool has_originals_ = false;                   // nodes of ONNX, which take one image
  std::map<const Constant*, std::string> constants_;
  std::map<std::string, Shape> parameter_shapes_;
};

// Attributes by their types.
Attribute integer_attribute(const char* name, std::int64_t value);
Attribute real_attribute(const char* name, double value);
Attribute text_attribute(const char* name, const char* value);
Attribute integers_attribute(const char* name, std::vector<std::int64_t> values);

using ExporterRow = void (*)(Exporter& exporter, const graph::Operator& op);
/// Null for operators that ONNX has no nodes for.
ExporterRow exporter_row(const graph::OperatorKind& kind);

}  // namespace bitloom::onnx
