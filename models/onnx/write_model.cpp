#include "models/onnx/write_model.h"

#include <cstring>

#include "models/onnx/wire.h"

// Field numbers are those of onnx.proto of ONNX's own repository, which never change.

namespace bitloom::onnx {
namespace {

/// A protobuf message while it is written.
class Writer {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    key(field, Field::Wire::kVarint);
    append_varint(static_cast<std::uint64_t>(value), bytes_);
  }
  void real(std::uint32_t field, float value) {
    key(field, Field::Wire::kFixed32);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::uint32_t field, std::string_view value) {
    key(field, Field::Wire::kBytes);
    append_varint(value.size(), bytes_);
    bytes_.append(value);
  }
  /// Leaves an empty text out, as protobuf does.
  void text_if(std::uint32_t field, std::string_view value) {
    if (!value.empty()) text(field, value);
  }
  void integers(std::uint32_t field, const std::vector<std::int64_t>& values) {
    for (const std::int64_t value : values) integer(field, value);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void key(std::uint32_t field, Field::Wire wire) {
    append_varint(std::uint64_t{field} << 3 | static_cast<std::uint64_t>(wire), bytes_);
  }
  std::string bytes_;
};

std::string tensor_message(const Tensor& tensor) {
  Writer writer;
  writer.integers(1, tensor.dims);
  writer.integer(2, static_cast<std::int64_t>(tensor.type));
  writer.text_if(8, tensor.name);
  if (tensor.storage == Tensor::Storage::kStrings)
    for (const std::string& each : tensor.strings) writer.text(6, each);
  else
    writer.text(9, elements_of(tensor).bytes);
  return writer.take();
}

std::string graph_message(const GraphBody& graph);

/// AttributeProto.AttributeType.
enum AttributeType { kFloat = 1, kInt, kString, kTensor, kGraph, kFloats, kInts, kStrings };

std::string attribute_message(const Attribute& attribute) {
  Writer writer;
  writer.text(1, attribute.name);
  writer.text_if(21, attribute.reference);
  switch (attribute.type) {
    case kFloat:
      writer.real(2, attribute.real);
      break;
    case kInt:
      writer.integer(3, attribute.integer);
      break;
    case kString:
      writer.text(4, attribute.text);
      break;
    case kTensor:
      if (attribute.tensor) writer.text(5, tensor_message(*attribute.tensor));
      break;
    case kGraph:
      if (attribute.body) writer.text(6, graph_message(*attribute.body));
      break;
    case kFloats:
      for (const float each : attribute.reals) writer.real(7, each);
      break;
    case kInts:
      writer.integers(8, attribute.integers);
      break;
    case kStrings:
      for (const std::string& each : attribute.texts) writer.text(9, each);
      break;
    default:
      break;
  }
  writer.integer(20, attribute.type);
  return writer.take();
}

std::string node_message(const Node& node) {
  Writer writer;
  for (const std::string& input : node.inputs) writer.text(1, input);
  for (const std::string& output : node.outputs) writer.text(2, output);
  writer.text_if(3, node.name);
  writer.text(4, node.op);
  for (const Attribute& attribute : node.attributes) writer.text(5, attribute_message(attribute));
  writer.text_if(7, node.domain);
  writer.text_if(8, node.overload);
  return writer.take();
}

std::string value_message(const ValueInfo& value) {
  Writer tensor;
  tensor.integer(1, static_cast<std::int64_t>(value.type));
  if (value.dims) {
    Writer shape;
    for (const auto& [size, symbol] : *value.dims) {
      Writer dimension;
      if (size >= 0)
        dimension.integer(1, size);
      else
        dimension.text_if(2, symbol);
      shape.text(1, dimension.take());
    }
    tensor.text(2, shape.take());
  }
  Writer type, writer;
  type.text(1, tensor.take());
  writer.text(1, value.name);
  writer.text(2, type.take());
  return writer.take();
}

std::string graph_message(const GraphBody& graph) {
  Writer writer;
  for (const Node& node : graph.nodes) writer.text(1, node_message(node));
  writer.text(2, graph.name);
  for (const auto& [name, tensor] : graph.initializers) {
    Tensor named = tensor;
    named.name = name;
    writer.text(5, tensor_message(named));
  }
  for (const ValueInfo& input : graph.inputs) writer.text(11, value_message(input));
  for (const ValueInfo& output : graph.outputs) writer.text(12, value_message(output));
  return writer.take();
}

std::string opset_message(const std::string& domain, std::int64_t version) {
  Writer writer;
  writer.text_if(1, domain);
  writer.integer(2, version);
  return writer.take();
}

std::string function_message(const Function& function,
                             const std::map<std::string, std::int64_t>& opsets) {
  Writer writer;
  writer.text(1, function.name);
  for (const std::string& input : function.inputs) writer.text(4, input);
  for (const std::string& output : function.outputs) writer.text(5, output);
  for (const std::string& name : function.attribute_names) writer.text(6, name);
  for (const Node& node : function.nodes) writer.text(7, node_message(node));
  for (const auto& [domain, version] : opsets) writer.text(9, opset_message(domain, version));
  writer.text_if(10, function.domain);
  for (const Attribute& each : function.defaults) writer.text(11, attribute_message(each));
  writer.text_if(13, function.overload);
  return writer.take();
}

}  // namespace

std::string tensor_bytes(const Tensor& tensor) { return tensor_message(tensor); }

std::string model_bytes(const Model& model) {
  Writer writer;
  writer.integer(1, model.ir_version);
  writer.text_if(2, model.producer);
  writer.text(7, graph_message(model.graph));
  for (const auto& [domain, version] : model.opsets) writer.text(8, opset_message(domain, version));
  for (const auto& [key, value] : model.metadata) {
    Writer entry;
    entry.text(1, key);
    entry.text(2, value);
    writer.text(14, entry.take());
  }
  for (const Function& function : model.functions)
    writer.text(25, function_message(function, model.opsets));
  return writer.take();
}

}  // namespace bitloom::onnx
