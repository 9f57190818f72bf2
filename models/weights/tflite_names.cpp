#include "models/weights/tflite_names.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

/// Names layers as they come: depthwise ones apart from the others.
class Counter {
 public:
  std::string next(bool depthwise) {
    return fmt::format("{}{:02}", depthwise ? "dwconv" : "conv",
                       depthwise ? depthwise_++ : others_++);
  }

 private:
  int depthwise_ = 0, others_ = 0;
};

/// A batch norm that only adds `shift`, exactly: its scale is sqrt(1 + epsilon) over a variance
/// of 1.
void add_identity(Parameters& parameters, const graph::Node& norm, Tensor shift) {
  const double epsilon = norm.op.as<graph::BatchNorm>().epsilon;
  const auto filled = [&](double value) {
    return Tensor{shift.shape, std::vector<float>(shift.values.size(), static_cast<float>(value))};
  };
  parameters[norm.name + ".weight"] = filled(std::sqrt(1.0 + epsilon));
  parameters[norm.name + ".running_mean"] = filled(0.0);
  parameters[norm.name + ".running_var"] = filled(1.0);
  parameters[norm.name + ".bias"] = std::move(shift);
}

/// `tensor` without the row of the background class, where it has one row more than `parameter`.
Tensor without_background(const TensorFile& file, const std::string& name,
                          const ParameterShape& parameter) {
  const graph::Shape& shape = file.shape(name);
  if (shape.empty() || shape[0] != parameter.shape[0] + 1) return fitted(file, name, parameter);
  ParameterShape with_background = parameter;
  ++with_background.shape[0];
  Tensor tensor = fitted(file, name, with_background);
  tensor.values.erase(
      tensor.values.begin(),
      tensor.values.begin() + static_cast<std::ptrdiff_t>(tensor.values.size()) / shape[0]);
  tensor.shape = parameter.shape;
  return tensor;
}

/// The batch norm that reads `node`, if one does.
const graph::Node* norm_behind(const graph::Graph& graph, graph::NodeId node) {
  for (const graph::Node& each : graph.nodes())
    if (each.op.is<graph::BatchNorm>() && each.inputs[0] == node) return &each;
  return nullptr;
}

}  // namespace

bool is_tflite(const graph::Graph&, const TensorFile& file) { return file.has("conv00.weight"); }

graph::Graph as_tensorflow_pads(const graph::Graph& graph) {
  return graph::rebuilt(graph, [](const graph::Node& node) {
    const auto* found = node.op.get_if<graph::Convolution>();
    if (found == nullptr) return node.op;
    graph::Convolution convolution = *found;
    convolution.window.padding = graph::Padding::same();
    return graph::Operator(convolution);
  });
}

Parameters read_tflite(const graph::Graph& graph, const TensorFile& file,
                       std::vector<std::string>& used) {
  Parameters parameters;
  Counter names;
  for (const ParameterShape& parameter : parameters_of(graph)) {
    if (parameter.role != ParameterRole::kWeight) continue;
    const graph::Node& node = graph.node(parameter.node);
    const auto* convolution = node.op.get_if<graph::Convolution>();
    const std::string name = names.next(convolution && convolution->groups > 1);
    for (const char* part : {".weight", ".bias", ".qweight", ".qscale", ".qzero"})
      used.push_back(name + part);
    parameters[parameter.name] = without_background(file, name + ".weight", parameter);
    const ParameterShape shift{
        node.name + ".bias", parameter.node, ParameterRole::kBias, {parameter.shape[0]}};
    Tensor bias = without_background(file, name + ".bias", shift);
    if (const graph::Node* norm = norm_behind(graph, parameter.node))
      add_identity(parameters, *norm, std::move(bias));
    else
      parameters[shift.name] = std::move(bias);
  }
  for (const ParameterShape& parameter : parameters_of(graph))
    if (!parameters.count(parameter.name))
      throw file.error(fmt::format("has nothing for '{}'", parameter.name));
  return parameters;
}

}  // namespace bitloom::weights
