#include "models/weights/naming.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/shown_name.h"
#include "models/graph/classifier.h"
#include "models/weights/caffe_names.h"
#include "models/weights/keras_names.h"
#include "models/weights/tflite_names.h"

namespace bitloom::weights {
namespace {

/// What wraps a network, and so begins the names of its state_dict: DataParallel and AveragedModel,
/// torch.compile, modules of training frameworks, dictionaries that are stored whole.
constexpr std::string_view kWrappers[] = {"module.", "_orig_mod.", "model.", "state_dict."};

/// The shortest of the wrappers around the graph's first parameter; nothing where it is not there.
/// A network without parameters has none.
std::optional<std::string> pytorch_prefix(const graph::Graph& graph, const TensorFile& file) {
  const std::vector<ParameterShape> parameters = parameters_of(graph);
  if (parameters.empty()) return "";
  const std::string& first = parameters.front().name;
  std::optional<std::string> shortest;
  for (const std::string& name : file.names()) {
    if (!name.ends_with(first)) continue;
    const std::string prefix = name.substr(0, name.size() - first.size());
    if (without_wrappers(prefix).empty() && (!shortest || prefix.size() < shortest->size()))
      shortest = prefix;
  }
  return shortest;
}

bool is_pytorch(const graph::Graph& graph, const TensorFile& file) {
  return pytorch_prefix(graph, file).has_value();
}

Parameters read_pytorch(const graph::Graph& graph, const TensorFile& file,
                        std::vector<std::string>& used) {
  const std::string prefix = pytorch_prefix(graph, file).value();
  Parameters parameters;
  for (const ParameterShape& parameter : parameters_of(graph)) {
    used.push_back(prefix + parameter.name);
    parameters[parameter.name] = fitted(file, used.back(), parameter);
  }
  return parameters;
}

graph::Graph as_it_is(const graph::Graph& graph) { return graph; }

std::optional<std::int64_t> pytorch_classes(const graph::Graph& graph, const TensorFile& file) {
  const std::optional<ParameterShape> weight = classifier_weight(graph);
  if (!weight) return std::nullopt;
  const std::string name = pytorch_prefix(graph, file).value() + weight->name;
  if (!file.has(name) || file.shape(name).empty()) return std::nullopt;
  const graph::Shape& stored = file.shape(name);
  const auto inputs = [](const graph::Shape& shape) {
    return without_ones({shape.begin() + 1, shape.end()});
  };
  return inputs(stored) == inputs(weight->shape) ? std::optional(stored.front()) : std::nullopt;
}

}  // namespace

graph::Shape without_ones(const graph::Shape& shape) {
  graph::Shape result;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(result),
               [](std::int64_t extent) { return extent != 1; });
  return result;
}

std::string_view without_wrappers(std::string_view name) {
  for (bool is_wrapped = true; is_wrapped;) {
    is_wrapped = false;
    for (const std::string_view wrapper : kWrappers)
      if (name.starts_with(wrapper)) {
        name.remove_prefix(wrapper.size());
        is_wrapped = true;
      }
  }
  return name;
}

std::optional<ParameterShape> classifier_weight(const graph::Graph& graph) {
  const std::optional<graph::NodeId> classifier = graph::classifier_of(graph);
  for (ParameterShape& each : parameters_of(graph))
    if (each.node == classifier && each.role == ParameterRole::kWeight) return std::move(each);
  return std::nullopt;
}

Tensor real_tensor(const TensorFile& file, const std::string& name) {
  if (const std::string& type = file.type(name); type.find('F') == std::string::npos)
    throw file.error(fmt::format("tensor '{}' holds integers ({}), must be F32, F16, BF16 or F64",
                                 shown_name(name), type));
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
      {"PyTorch's", is_pytorch, as_it_is, read_pytorch, pytorch_classes, ""},
      {"Keras'", is_keras, as_it_is, read_keras, keras_classes, ""},
      {"Caffe's", is_caffe, as_caffe_pads, read_caffe, nullptr, "caffe"},
      {"TFLite's", is_tflite, as_tensorflow_pads, read_tflite, nullptr, "tensorflow"},
  };
  return table;
}

}  // namespace bitloom::weights
