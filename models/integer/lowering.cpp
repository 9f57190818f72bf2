#include "models/integer/lowering.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/accumulator.h"
#include "models/integer/layer_lowering.h"

namespace bitloom::integer {
namespace {

using graph::Node;

std::int64_t largest_magnitude(const std::vector<std::int32_t>& values) {
  std::int64_t largest = 0;
  for (const std::int32_t value : values)
    largest = std::max(largest, std::abs(std::int64_t{value}));
  return largest;
}

/// A complaint with its network and layer or node before it.
std::string in_node(const graph::Graph& graph, std::string_view kind, std::string_view name,
                    std::string_view complaint) {
  return fmt::format("network {}: {} '{}': {}", graph.name(), kind, name, complaint);
}

/// A UserError unless every channel's values fit 32 bits and have a scale.
void require_channels(const Step& step) {
  for (std::size_t c = 0; c < step.scales.size(); ++c) {
    if (!is_positive_scale(step.scales[c]))
      throw UserError(fmt::format("channel {}: its scale must be a positive number, got {}", c,
                                  step.scales[c]));
    if (step.bounds[c] > INT32_MAX)
      throw unsupported(fmt::format("channel {}: values can reach {}, 32-bit integers do not", c,
                                    step.bounds[c]));
  }
}

}  // namespace

Lowering::Lowering(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
                   const NetworkParameters& parameters)
    : graph_(graph),
      shapes_(graph::layers_of(graph)),
      layers_(layers),
      parameters_(parameters),
      program_{graph.name(), {}, graph.outputs()} {
  ensure(layers.size() == shapes_.size(), "a network is lowered with every layer's codes");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ensure(layers[i].name == shapes_[i].name, "layers to lower stand in execution order");
    try {
      require_scales(shapes_[i], layers[i]);
    } catch (const UserError& error) {
      throw error.with_text(in_node(graph, "layer", shapes_[i].name, error.what()));
    }
  }
}

void Lowering::add(const Node& node) {
  step_ = {node.name, Concat{}, node.inputs, node.shape, {}, {}};
  const auto naming_node = [&](const auto& work) {
    try {
      work();
    } catch (const UserError& error) {
      throw error.with_text(in_node(graph_, node.op.name(), node.name, error.what()));
    }
  };
  naming_node([&] { node.op.lower(*this); });
  if (const auto* layer = std::get_if<LayerStep>(&step_.op))
    require_accumulator(layer->shape, layer->weight_type, layer->activation_type,
                        largest_magnitude(layer->biases));
  naming_node([&] { require_channels(step_); });
  program_.steps.push_back(std::move(step_));
}

const AffineParameters& Lowering::affine_parameters() const {
  const auto found = parameters_.batch_norms.find(step_.name);
  if (found == parameters_.batch_norms.end()) throw UserError("has no parameters");
  require_values("scales", found->second.scale, input().scales.size());
  require_values("shifts", found->second.shift, input().scales.size());
  return found->second;
}

const QuantizedLayer& Lowering::operands_of(graph::NodeId node) const {
  return layers_.at(layer_index(graph_.node(node).name));
}

void Lowering::add_channels(std::int64_t count, double scale, std::int64_t bound) {
  step_.scales.insert(step_.scales.end(), static_cast<std::size_t>(count), scale);
  step_.bounds.insert(step_.bounds.end(), static_cast<std::size_t>(count), bound);
}

void Lowering::keep_channels() {
  const Step& in = input();
  step_.scales.insert(step_.scales.end(), in.scales.begin(), in.scales.end());
  step_.bounds.insert(step_.bounds.end(), in.bounds.begin(), in.bounds.end());
}

void Lowering::layer(const graph::Window& window) {
  const std::size_t index = layer_index(step_.name);
  LoweredLayer lowered =
      lower_layer(shapes_[index], window, layers_[index], biases_of(shapes_[index]), input());
  lowered.step.layer = index;
  step_.scales = std::move(lowered.scales);
  step_.bounds = std::move(lowered.bounds);
  result(std::move(lowered.step));
}

std::size_t Lowering::layer_index(const std::string& name) const {
  const auto found = std::find_if(shapes_.begin(), shapes_.end(),
                                  [&](const auto& shape) { return shape.name == name; });
  return static_cast<std::size_t>(found - shapes_.begin());
}

std::vector<double> Lowering::biases_of(const graph::LayerShape& shape) const {
  const auto channels = static_cast<std::size_t>(shape.out_channels);
  if (shape.biases == 0) return std::vector<double>(channels);
  const std::string& owner = shape.weights_of.empty() ? shape.name : shape.weights_of;
  const auto found = parameters_.biases.find(owner);
  if (found == parameters_.biases.end()) throw UserError("has no biases");
  require_values("biases", found->second, channels);
  return found->second;
}

Program lower(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
              const NetworkParameters& parameters) {
  Lowering lowering(graph, layers, parameters);
  for (const Node& node : graph.nodes()) lowering.add(node);
  return lowering.take();
}

}  // namespace bitloom::integer
