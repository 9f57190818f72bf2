#include "models/weights/naming.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "models/weights/caffe_names.h"
#include "models/weights/keras_names.h"
#include "models/weights/tflite_names.h"

namespace bitloom::weights {
namespace {

/// PyTorch's state_dict, also of a network wrapped in DataParallel.
constexpr std::string_view kPrefixes[] = {"", "module."};

std::string pytorch_prefix(const graph::Graph& graph, const TensorFile& file) {
  const std::string first = parameters_of(graph).front().name;
  for (const std::string_view prefix : kPrefixes)
    if (file.has(std::string(prefix) + first)) return std::string(prefix);
  return "";
}

bool is_pytorch(const graph::Graph& graph, const TensorFile& file) {
  return file.has(pytorch_prefix(graph, file) + parameters_of(graph).front().name);
}

Parameters read_pytorch(const graph::Graph& graph, const TensorFile& file,
                        std::vector<std::string>& used) {
  const std::string prefix = pytorch_prefix(graph, file);
  Parameters parameters;
  for (const ParameterShape& parameter : parameters_of(graph)) {
    used.push_back(prefix + parameter.name);
    parameters[parameter.name] = fitted(file, used.back(), parameter);
    if (parameter.role != ParameterRole::kMean) continue;
    used.push_back(prefix + graph.node(parameter.node).name + ".num_batches_tracked");
  }
  return parameters;
}

graph::Graph as_it_is(const graph::Graph& graph) { return graph; }

graph::Shape without_ones(const graph::Shape& shape) {
  graph::Shape result;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(result),
               [](std::int64_t extent) { return extent != 1; });
  return result;
}

}  // namespace

Tensor real_tensor(const TensorFile& file, const std::string& name) {
  if (const std::string& type = file.type(name); type.find('F') == std::string::npos)
    throw file.error(fmt::format("tensor '{}' holds integers ({}), must be F32, F16, BF16 or F64",
                                 excerpt(name), type));
  return file.tensor(name);
}

Tensor fitted(const TensorFile& file, const std::string& name, const ParameterShape& parameter) {
  const graph::Shape& shape = file.shape(name);
  if (without_ones(shape) != without_ones(parameter.shape))
    throw file.error(fmt::format("tensor '{}' is {}, must be {}", name, to_text(shape),
                                 to_text(parameter.shape)));
  Tensor tensor = real_tensor(file, name);
  tensor.shape = parameter.shape;
  return tensor;
}

const std::vector<Naming>& namings() {
  static const std::vector<Naming> table{
      {"PyTorch's", is_pytorch, as_it_is, read_pytorch, ""},
      {"Keras'", is_keras, as_it_is, read_keras, ""},
      {"Caffe's", is_caffe, as_caffe_pads, read_caffe, "caffe"},
      {"TFLite's", is_tflite, as_tensorflow_pads, read_tflite, "tensorflow"},
  };
  return table;
}

}  // namespace bitloom::weights
