#include "models/weights/bias_correction.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/linear.h"

namespace bitloom::weights {
namespace {

using graph::NodeId;

bool shares_weights(const graph::Graph& graph, NodeId id) {
  const auto* layer = graph.node(id).op.get_if<graph::Convolution>();
  if (!layer) return false;
  const auto& nodes = graph.nodes();
  return !layer->weights_of.empty() ||
         std::any_of(nodes.begin(), nodes.end(), [&](const graph::Node& other) {
           const auto* reader = other.op.get_if<graph::Convolution>();
           return reader && reader->weights_of == graph.node(id).name;
         });
}

/// The only node that reads `id`; null where there are others.
const graph::Node* only_reader(const graph::Graph& graph, NodeId id) {
  const graph::Node* reader = nullptr;
  for (const graph::Node& node : graph.nodes()) {
    if (std::find(node.inputs.begin(), node.inputs.end(), id) == node.inputs.end()) continue;
    if (reader) return nullptr;
    reader = &node;
  }
  return reader;
}

bool has_bias(const graph::Node& node) {
  const auto* linear = node.op.get_if<graph::Linear>();
  const auto* convolution = node.op.get_if<graph::Convolution>();
  return (linear && linear->bias) || (convolution && convolution->bias);
}

}  // namespace

std::optional<std::string> corrected_parameter(const graph::Graph& graph, NodeId node) {
  if (shares_weights(graph, node)) return std::nullopt;
  const graph::Node* reader = only_reader(graph, node);
  if (reader && reader->op.is<graph::BatchNorm>()) return reader->name + ".running_mean";
  if (has_bias(graph.node(node))) return graph.node(node).name + ".bias";
  return std::nullopt;
}

Parameters corrected(const graph::Graph& graph, Parameters parameters,
                     const BiasCorrections& corrections) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const auto found = corrections.find(graph.node(id).name);
    if (found == corrections.end()) continue;
    const std::string name = corrected_parameter(graph, id).value();
    // A batch norm subtracts its mean.
    const float sign = name.ends_with(".bias") ? 1.0F : -1.0F;
    std::vector<float>& values = parameters.at(name).values;
    for (std::size_t c = 0; c < values.size(); ++c) values[c] += sign * found->second.values.at(c);
  }
  return parameters;
}

std::string correction_tensor(const std::string& layer) {
  return fmt::format("quantizer.{}.bias_correction", layer);
}

BiasCorrections read_corrections(const graph::Graph& graph, const TensorFile& file) {
  BiasCorrections corrections;
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const graph::Node& node = graph.node(id);
    const std::string name = correction_tensor(node.name);
    if (!node.op.is_layer() || !file.has(name)) continue;
    if (!corrected_parameter(graph, id))
      throw file.error(fmt::format("tensor '{}': the layer's outputs are not corrected", name));
    // A linear layer has its outputs last, whatever rows it has.
    const bool is_linear = node.op.is<graph::Linear>();
    const graph::Shape channels{is_linear ? node.shape.back() : node.shape.front()};
    if (file.shape(name) != channels)
      throw file.error(fmt::format("tensor '{}' is {}, must be {}", name, to_text(file.shape(name)),
                                   to_text(channels)));
    corrections[node.name] = file.tensor(name);
  }
  return corrections;
}

}  // namespace bitloom::weights
