#include "models/weights/caffe_names.h"

#include <fmt/format.h>

#include "models/operators/convolution.h"
#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

constexpr std::string_view kFirst = "features.0", kLast = "classifier.1";
// Positions of fire2 .. fire9 in torchvision's `features`.
constexpr int kFires[] = {3, 4, 6, 7, 9, 10, 11, 12};

/// Caffe's name of the layer that the zoo calls `layer`.
std::string caffe_layer(const std::string& layer) {
  if (layer == kFirst) return "conv1";
  if (layer == kLast) return "conv10";
  int fire = 2;
  for (const int position : kFires) {
    const std::string start = fmt::format("features.{}.", position);
    if (layer.rfind(start, 0) == 0) {
      const std::string part = layer.substr(start.size());
      return fmt::format("fire{}/{}{}", fire, part, part == "squeeze" ? "1x1" : "");
    }
    ++fire;
  }
  return layer;
}

}  // namespace

bool is_caffe(const graph::Graph& graph, const TensorFile& file) {
  return graph.name() == "squeezenet_v1.1" && file.has("fire2/squeeze1x1.weight");
}

graph::Graph as_caffe_pads(const graph::Graph& graph) {
  return graph::rebuilt(graph, [](const graph::Node& node) {
    if (node.name != kLast) return node.op;
    graph::Convolution last = node.op.as<graph::Convolution>();
    last.window.padding = graph::Padding::all(1);
    return graph::Operator(last);
  });
}

Parameters read_caffe(const graph::Graph& graph, const TensorFile& file,
                      std::vector<std::string>& used) {
  Parameters parameters;
  for (const ParameterShape& parameter : parameters_of(graph)) {
    const std::string& layer = graph.node(parameter.node).name;
    used.push_back(caffe_layer(layer) + parameter.name.substr(layer.size()));
    parameters[parameter.name] = fitted(file, used.back(), parameter);
  }
  return parameters;
}

}  // namespace bitloom::weights
