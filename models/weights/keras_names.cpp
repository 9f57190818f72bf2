#include "models/weights/keras_names.h"

#include <fmt/format.h>

#include "models/operators/convolution.h"
#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

bool is_depthwise(const graph::Graph& graph, const ParameterShape& parameter) {
  const auto* op = graph.node(parameter.node).op.get_if<graph::Convolution>();
  return op && op->groups > 1 && parameter.shape[1] == 1;
}

std::string_view keras_role(const graph::Graph& graph, const ParameterShape& parameter) {
  switch (parameter.role) {
    case ParameterRole::kWeight:
      return is_depthwise(graph, parameter) ? "depthwise_kernel" : "kernel";
    case ParameterRole::kBias:
      return "bias";
    case ParameterRole::kScale:
      return "gamma";
    case ParameterRole::kShift:
      return "beta";
    case ParameterRole::kMean:
      return "moving_mean";
    case ParameterRole::kVariance:
      return "moving_variance";
  }
  return "";
}

/// The name in `file`: with or without `:0`, and with the layer's name once or twice (as HDF5 files
/// nest them). The plainest where there is none.
std::string keras_name(const graph::Graph& graph, const TensorFile& file,
                       const ParameterShape& parameter) {
  const std::string& layer = graph.node(parameter.node).name;
  std::string plain = fmt::format("{}/{}", layer, keras_role(graph, parameter));
  for (const std::string& name :
       {plain, plain + ":0", layer + "/" + plain, layer + "/" + plain + ":0"})
    if (file.has(name)) return name;
  return plain;
}

/// Position of PyTorch's dimension d in Keras' kernel.
std::vector<std::size_t> kernel_order(std::size_t dimensions, bool depthwise) {
  if (dimensions == 2) return {1, 0};
  return depthwise ? std::vector<std::size_t>{2, 3, 0, 1} : std::vector<std::size_t>{3, 2, 0, 1};
}

/// `stored`, whose dimension order[d] is dimension d of the result.
Tensor transposed(const Tensor& stored, const std::vector<std::size_t>& order) {
  std::vector<std::int64_t> strides(order.size(), 1);
  for (std::size_t d = order.size() - 1; d > 0; --d) strides[d - 1] = strides[d] * stored.shape[d];
  Tensor result{{}, std::vector<float>(stored.values.size())};
  for (const std::size_t from : order) result.shape.push_back(stored.shape[from]);
  std::vector<std::int64_t> at(order.size(), 0);
  for (float& value : result.values) {
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < order.size(); ++d) offset += at[d] * strides[order[d]];
    value = stored.values[static_cast<std::size_t>(offset)];
    for (std::size_t d = order.size(); d-- > 0;) {
      if (++at[d] < result.shape[d]) break;
      at[d] = 0;
    }
  }
  return result;
}

/// The stored kernel; of a linear layer that Keras keeps as a 1x1 convolution, its matrix.
Tensor stored_kernel(const TensorFile& file, const std::string& name, std::size_t dimensions) {
  Tensor tensor = real_tensor(file, name);
  while (tensor.shape.size() > dimensions && tensor.shape.front() == 1)
    tensor.shape.erase(tensor.shape.begin());
  return tensor;
}

Tensor read_kernel(const TensorFile& file, const std::string& name, const ParameterShape& parameter,
                   bool depthwise) {
  const auto order = kernel_order(parameter.shape.size(), depthwise);
  graph::Shape wanted(order.size());
  for (std::size_t d = 0; d < order.size(); ++d) wanted[order[d]] = parameter.shape[d];
  const Tensor stored = stored_kernel(file, name, order.size());
  if (stored.shape != wanted)
    throw file.error(fmt::format("tensor '{}' is {}, must be {}", name, to_text(file.shape(name)),
                                 to_text(wanted)));
  return transposed(stored, order);
}

}  // namespace

bool is_keras(const graph::Graph& graph, const TensorFile& file) {
  return file.has(keras_name(graph, file, parameters_of(graph).front()));
}

Parameters read_keras(const graph::Graph& graph, const TensorFile& file,
                      std::vector<std::string>& used) {
  Parameters parameters;
  for (const ParameterShape& parameter : parameters_of(graph)) {
    used.push_back(keras_name(graph, file, parameter));
    parameters[parameter.name] =
        parameter.role == ParameterRole::kWeight
            ? read_kernel(file, used.back(), parameter, is_depthwise(graph, parameter))
            : fitted(file, used.back(), parameter);
  }
  return parameters;
}

std::optional<std::int64_t> keras_classes(const graph::Graph& graph, const TensorFile& file) {
  const std::optional<ParameterShape> weight = classifier_weight(graph);
  if (!weight) return std::nullopt;
  const std::string name = keras_name(graph, file, *weight);
  if (!file.has(name) || file.shape(name).empty()) return std::nullopt;
  const graph::Shape& stored = file.shape(name);
  const bool has_inputs = without_ones({stored.begin(), stored.end() - 1}) ==
                          without_ones({weight->shape.begin() + 1, weight->shape.end()});
  return has_inputs ? std::optional(stored.back()) : std::nullopt;
}

}  // namespace bitloom::weights
