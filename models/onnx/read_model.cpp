#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "models/onnx/model.h"
#include "models/onnx/source.h"

// Field numbers are those of onnx.proto of ONNX's own repository, which never change.

namespace bitloom::onnx {
namespace {

constexpr int kDeepestGraph = 64;

GraphBody read_graph(std::string_view bytes, Source& source);

Attribute read_attribute(std::string_view bytes, Source& source) {
  Attribute result;
  each_field(bytes, "attribute", result.name, [&](const Field& field) {
    switch (field.number) {
      case 1:
        result.name = text_of(field);
        break;
      case 2:
        result.real = field.real();
        break;
      case 3:
        result.integer = field.integer();
        break;
      case 4:
        result.text = text_of(field);
        break;
      case 5:
        result.tensor = read_tensor_message(field.text(), source);
        break;
      case 6:
        result.body = std::make_shared<GraphBody>(read_graph(field.text(), source));
        break;
      case 7:
        append_reals(field, result.reals);
        break;
      case 8:
        append_integers(field, result.integers);
        break;
      case 9:
        result.texts.push_back(text_of(field));
        break;
      case 20:
        result.type = static_cast<int>(field.integer());
        break;
      case 21:
        result.reference = text_of(field);
        break;
    }
  });
  return result;
}

/// ONNX's own domain, spelled out by some writers.
std::string domain_of(const Field& field) {
  std::string domain = text_of(field);
  return domain == "ai.onnx" ? "" : domain;
}

Node read_node(std::string_view bytes, Source& source) {
  Node node;
  each_field(bytes, "node", node.name, [&](const Field& field) {
    switch (field.number) {
      case 1:
        node.inputs.push_back(text_of(field));
        break;
      case 2:
        node.outputs.push_back(text_of(field));
        break;
      case 3:
        node.name = text_of(field);
        break;
      case 4:
        node.op = text_of(field);
        break;
      case 5:
        node.attributes.push_back(read_attribute(field.text(), source));
        break;
      case 7:
        node.domain = domain_of(field);
        break;
      case 8:
        node.overload = text_of(field);
        break;
    }
  });
  return node;
}

ValueInfo::Dimension read_dimension(std::string_view bytes) {
  ValueInfo::Dimension dimension;
  each_field(bytes, "dimension", {}, [&](const Field& field) {
    if (field.number == 1) dimension.size = field.integer();
    if (field.number == 2) dimension.symbol = text_of(field);
  });
  return dimension;
}

ValueInfo read_value(std::string_view bytes) {
  ValueInfo value;
  const auto read_shape = [&](const Field& shape) {
    value.dims.emplace();
    each_field(shape.text(), "shape", {}, [&](const Field& field) {
      if (field.number == 1) value.dims->push_back(read_dimension(field.text()));
    });
  };
  const auto read_tensor_type = [&](const Field& type) {
    each_field(type.text(), "type", {}, [&](const Field& field) {
      if (field.number == 1) value.type = static_cast<ElementType>(field.integer());
      if (field.number == 2) read_shape(field);
    });
  };
  each_field(bytes, "value", value.name, [&](const Field& field) {
    if (field.number == 1) value.name = text_of(field);
    if (field.number != 2) return;
    each_field(field.text(), "type", {}, [&](const Field& type) {
      if (type.number == 1) read_tensor_type(type);
    });
  });
  return value;
}

/// Files of IR version 3 list initializers among the inputs.
void take_out_initializers(GraphBody& graph) {
  std::vector<ValueInfo> inputs;
  for (ValueInfo& input : graph.inputs)
    if (!graph.initializers.count(input.name)) inputs.push_back(std::move(input));
  graph.inputs = std::move(inputs);
}

GraphBody read_graph(std::string_view bytes, Source& source) {
  if (++source.depth > kDeepestGraph)
    throw UserError(fmt::format("graphs lie in each other more than {} deep", kDeepestGraph));
  GraphBody graph;
  each_field(bytes, "graph", graph.name, [&](const Field& field) {
    switch (field.number) {
      case 1:
        graph.nodes.push_back(read_node(field.text(), source));
        break;
      case 2:
        graph.name = text_of(field);
        break;
      case 5: {
        Tensor tensor = read_tensor_message(field.text(), source);
        std::string name = tensor.name;
        graph.initializers.insert_or_assign(std::move(name), std::move(tensor));
        break;
      }
      case 11:
        graph.inputs.push_back(read_value(field.text()));
        break;
      case 12:
        graph.outputs.push_back(read_value(field.text()));
        break;
      case 15:
        throw unsupported("sparse initializers are not read");
    }
  });
  take_out_initializers(graph);
  --source.depth;
  return graph;
}

void read_opset(const Field& field, std::map<std::string, std::int64_t>& opsets) {
  std::string domain;
  std::int64_t version = 1;
  each_field(field.text(), "opset_import", {}, [&](const Field& f) {
    if (f.number == 1) domain = domain_of(f);
    if (f.number == 2) version = f.integer();
  });
  opsets[domain] = version;
}

void read_metadata(const Field& field, std::map<std::string, std::string>& metadata) {
  std::string key, value;
  each_field(field.text(), "metadata_props", {}, [&](const Field& f) {
    if (f.number == 1) key = text_of(f);
    if (f.number == 2) value = text_of(f);
  });
  metadata[key] = value;
}

using Opsets = std::map<std::string, std::int64_t>;

/// Tells each node the version of its domain. ONNX's own operators have one.
void spread_opsets(std::vector<Node>& nodes, const Opsets& opsets) {
  for (Node& node : nodes) {
    const auto found = opsets.find(node.domain);
    node.opset = found == opsets.end() ? 0 : found->second;
    if (node.domain.empty() && node.opset < 1)
      throw UserError(fmt::format(
          "{} '{}' is an operator of ONNX, and opset_import {}; a version of at least 1 would be "
          "right",
          excerpt(node.op), shown_name(node.name),
          found == opsets.end() ? "has no version of them"
                                : fmt::format("has version {} of them", node.opset)));
    for (Attribute& attribute : node.attributes) {
      if (!attribute.body) continue;
      auto body = std::make_shared<GraphBody>(*attribute.body);
      spread_opsets(body->nodes, opsets);
      attribute.body = std::move(body);
    }
  }
}

Function read_function(std::string_view bytes, Source& source, Opsets opsets) {
  Function function;
  each_field(bytes, "function", function.name, [&](const Field& field) {
    switch (field.number) {
      case 1:
        function.name = text_of(field);
        break;
      case 4:
        function.inputs.push_back(text_of(field));
        break;
      case 5:
        function.outputs.push_back(text_of(field));
        break;
      case 6:
        function.attribute_names.push_back(text_of(field));
        break;
      case 7:
        function.nodes.push_back(read_node(field.text(), source));
        break;
      case 9:
        read_opset(field, opsets);
        break;
      case 10:
        function.domain = domain_of(field);
        break;
      case 11:
        function.defaults.push_back(read_attribute(field.text(), source));
        break;
      case 13:
        function.overload = text_of(field);
        break;
    }
  });
  spread_opsets(function.nodes, opsets);
  return function;
}

Model read_model_message(Source& source) {
  Model model;
  std::vector<std::string_view> functions;
  bool has_graph = false;
  each_field(source.file->bytes(), "model", {}, [&](const Field& field) {
    switch (field.number) {
      case 1:
        model.ir_version = field.integer();
        break;
      case 2:
        model.producer = text_of(field);
        break;
      case 7:
        model.graph = read_graph(field.text(), source);
        has_graph = true;
        break;
      case 8:
        read_opset(field, model.opsets);
        break;
      case 14:
        read_metadata(field, model.metadata);
        break;
      case 25:
        functions.push_back(field.text());
        break;
    }
  });
  if (!has_graph) throw UserError("is no ONNX model: holds no graph");
  if (model.opsets.empty()) model.opsets[""] = 1;  // as IR versions 1 and 2 mean it
  spread_opsets(model.graph.nodes, model.opsets);
  for (const std::string_view function : functions)
    model.functions.push_back(read_function(function, source, model.opsets));
  return model;
}

}  // namespace

Model read_model(const std::string& path) {
  Source source(path);
  try {
    Model model = read_model_message(source);
    model.path = path;
    return model;
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace bitloom::onnx
