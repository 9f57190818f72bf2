#include "models/weights/widths.h"

#include <map>

#include <fmt/format.h>

#include "models/weights/naming.h"

namespace bitloom::weights {
namespace {

using graph::NodeId;

/// The layer whose products node `node` reads, counted in execution order; the first one where none
/// lies before it.
std::vector<std::size_t> layers_before(const graph::Graph& graph) {
  std::vector<std::size_t> before;
  std::size_t layers = 0;
  for (const graph::Node& node : graph.nodes()) {
    if (node.op.is_layer())
      before.push_back(layers++);
    else
      before.push_back(node.inputs.empty() ? 0 : before[node.inputs.front()]);
  }
  return before;
}

}  // namespace

bool has_widths(const TensorFile& file) { return file.metadata().count(kWidthsKey) != 0; }

bool is_of_width(ParameterRole role) {
  return role != ParameterRole::kWeight && role != ParameterRole::kBias;
}

std::string width_tensor(std::size_t width, const std::string& name) {
  return fmt::format("widths.{}.{}", width, name);
}

TensorFile at_widths(const graph::Graph& graph, const TensorFile& file,
                     const std::vector<LayerWidths>& layers) {
  Parameters tensors;
  const std::vector<std::size_t> before = layers_before(graph);
  for (const ParameterShape& each : parameters_of(graph)) {
    const std::size_t width = layers.at(before[each.node]).weights;
    const std::string stored = is_of_width(each.role) ? width_tensor(width, each.name) : each.name;
    Tensor tensor = real_tensor(file, stored);
    if (tensor.shape != each.shape)
      throw file.error(fmt::format("tensor '{}' is {}, must be {}", stored, to_text(tensor.shape),
                                   to_text(each.shape)));
    tensors[each.name] = std::move(tensor);
  }
  const std::vector<graph::LayerShape> shapes = graph::layers_of(graph);
  std::map<std::string, std::size_t> width_of;  // of each layer's quantizers, by how they begin
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    width_of[fmt::format("quantizer.{}.weights.", shapes[i].name)] = layers.at(i).weights;
    width_of[fmt::format("quantizer.{}.activations.", shapes[i].name)] = layers.at(i).activations;
  }
  for (const std::string& name : file.names()) {
    for (const auto& [start, width] : width_of) {
      const std::string stored = width_tensor(width, start);
      if (name.starts_with(stored))
        tensors[start + name.substr(stored.size())] = real_tensor(file, name);
    }
  }
  return TensorFile::of(file.path(), tensors);
}

}  // namespace bitloom::weights
