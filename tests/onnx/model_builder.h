#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "models/onnx/model.h"
#include "models/onnx/write_model.h"

namespace bitloom::testing {

using onnx::Attribute;
using onnx::ElementType;
using onnx::Shape;

template <std::integral Integer>
Attribute attribute(const char* name, Integer value) {
  return {.name = name, .type = 2, .integer = value};
}
inline Attribute attribute(const char* name, std::vector<std::int64_t> values) {
  return {.name = name, .type = 7, .integers = std::move(values)};
}
inline Attribute attribute(const char* name, const char* value) {
  return {.name = name, .type = 3, .text = value};
}
inline Attribute attribute(const char* name, onnx::GraphBody body) {
  return {.name = name, .type = 5, .body = std::make_shared<onnx::GraphBody>(std::move(body))};
}

inline onnx::ValueInfo value_info(const std::string& name, const Shape& dims,
                                  ElementType type = ElementType::kFloat) {
  onnx::ValueInfo info{.name = name, .type = type};
  info.dims.emplace();
  for (const std::int64_t dim : dims)
    info.dims->push_back(dim < 0 ? onnx::ValueInfo::Dimension{-1, "n"}
                                 : onnx::ValueInfo::Dimension{dim, ""});
  return info;
}

inline onnx::Node node(const std::string& op, std::vector<std::string> inputs,
                       std::vector<std::string> outputs, std::vector<Attribute> attributes = {}) {
  std::string name = outputs.at(0);
  return {.name = std::move(name),
          .op = op,
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .attributes = std::move(attributes)};
}

/// A model of opset 17 with no nodes yet; nodes are named as their first outputs.
class ModelBuilder {
 public:
  ModelBuilder() {
    model.ir_version = 8;
    model.opsets[""] = 17;
    model.graph.name = "main";
  }
  /// A size of -1 is left open.
  ModelBuilder& input(const std::string& name, const Shape& dims,
                      ElementType type = ElementType::kFloat) {
    model.graph.inputs.push_back(value_info(name, dims, type));
    return *this;
  }
  ModelBuilder& output(const std::string& name) {
    model.graph.outputs.push_back({.name = name, .type = ElementType::kFloat});
    return *this;
  }
  ModelBuilder& weights(const std::string& name, const Shape& dims) {
    return constant(
        name,
        onnx::tensor_of(std::vector<float>(static_cast<std::size_t>(graph::size_of(dims))), dims));
  }
  ModelBuilder& integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return constant(name, onnx::tensor_of(values, {static_cast<std::int64_t>(values.size())}));
  }
  ModelBuilder& constant(const std::string& name, onnx::Tensor tensor) {
    tensor.name = name;
    model.graph.initializers.insert_or_assign(name, std::move(tensor));
    return *this;
  }
  ModelBuilder& add(const std::string& op, std::vector<std::string> inputs,
                    std::vector<std::string> outputs, std::vector<Attribute> attributes = {}) {
    model.graph.nodes.push_back(
        node(op, std::move(inputs), std::move(outputs), std::move(attributes)));
    return *this;
  }
  std::string bytes() const { return onnx::model_bytes(model); }

  onnx::Model model;
};

}  // namespace bitloom::testing
