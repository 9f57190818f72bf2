#include "models/weights/widths.h"

#include <algorithm>
#include <map>
#include <string_view>

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

/// The width of what has one of its own, by its name: batch norms' parameters; or by how its names
/// begin, up to a dot: each operand's quantizer.
using Starts = std::map<std::string, std::size_t>;

bool is_under(std::string_view name, std::string_view start) {
  return start.ends_with('.') ? name.starts_with(start) : name == start;
}

Starts starts_of_widths(const graph::Graph& graph, const std::vector<LayerWidths>& layers) {
  Starts starts;
  const std::vector<std::size_t> before = layers_before(graph);
  for (const ParameterShape& each : parameters_of(graph))
    if (is_of_width(each.role)) starts[each.name] = layers.at(before[each.node]).weights;
  const std::vector<graph::LayerShape> shapes = graph::layers_of(graph);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto start = [&](const char* operand) {
      return fmt::format("quantizer.{}.{}.", shapes[i].name, operand);
    };
    // A second activation stands where weights do, and has their bits.
    for (const char* operand : {"weights", "second"}) starts[start(operand)] = layers[i].weights;
    starts[start("activations")] = layers[i].activations;
  }
  return starts;
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
  const Starts starts = starts_of_widths(graph, layers);
  const auto stored_name = [starts](const std::string& name) {
    const auto of_width = std::find_if(starts.begin(), starts.end(), [&](const auto& start) {
      return is_under(name, start.first);
    });
    return of_width == starts.end() ? name : width_tensor(of_width->second, name);
  };
  for (const ParameterShape& each : parameters_of(graph)) {
    const std::string stored = stored_name(each.name);
    Tensor tensor = real_tensor(file, stored);
    if (tensor.shape != each.shape)
      throw file.error(fmt::format("tensor '{}' is {}, must be {}", stored, to_text(tensor.shape),
                                   to_text(each.shape)));
    tensors[each.name] = std::move(tensor);
  }
  for (const std::string& name : file.names()) {
    for (const auto& [start, width] : starts) {
      const std::string stored = width_tensor(width, start);
      if (is_under(name, stored))
        tensors[start + name.substr(stored.size())] = real_tensor(file, name);
    }
  }
  return TensorFile::of(file.path(), tensors, stored_name);
}

}  // namespace bitloom::weights
