#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/shape_inference.h"
#include "models/integer/accumulator.h"
#include "models/integer/batch_norm.h"
#include "models/integer/layer_lowering.h"
#include "models/integer/program.h"
#include "models/integer/windows.h"

namespace bitloom::integer {
namespace {

using graph::Node;

graph::Extent extent_of(const graph::Shape& shape) { return {shape[1], shape[2]}; }

std::int64_t largest_magnitude(const std::vector<std::int32_t>& values) {
  std::int64_t largest = 0;
  for (const std::int32_t value : values)
    largest = std::max(largest, std::abs(std::int64_t{value}));
  return largest;
}

/// Makes the step of one node after the other. Errors are thrown without the node's name, which
/// `add` puts before them.
class Lowering {
 public:
  Lowering(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
           const NetworkParameters& parameters)
      : graph_(graph),
        shapes_(graph::layers_of(graph)),
        layers_(layers),
        parameters_(parameters),
        program_{graph.name(), {}} {
    ensure(layers.size() == shapes_.size(), "a network is lowered with every layer's codes");
    for (std::size_t i = 0; i < layers.size(); ++i) {
      ensure(layers[i].name == shapes_[i].name, "layers to lower stand in execution order");
      try {
        require_scales(shapes_[i], layers[i]);
      } catch (const UserError& error) {
        throw refusal("layer", shapes_[i].name, error.what());
      }
    }
  }

  void add(const Node& node) {
    const auto refuse = [&](std::string_view why) {
      return refusal(graph::name_of(node.op), node.name, why);
    };
    node_ = &node;
    step_ = {node.name, Concat{}, node.inputs, node.shape, {}, {}};
    try {
      step_.op = std::visit(*this, node.op);
    } catch (const UserError& error) {
      throw refuse(error.what());
    }
    if (const auto* layer = std::get_if<LayerStep>(&step_.op))
      require_accumulator(layer->shape, layer->weight_type, layer->activation_type,
                          largest_magnitude(layer->biases));
    for (std::size_t c = 0; c < step_.scales.size(); ++c) {
      if (!is_positive_scale(step_.scales[c]))
        throw refuse(fmt::format("channel {}: its scale must be a positive number, got {}", c,
                                 step_.scales[c]));
      if (step_.bounds[c] > INT32_MAX)
        throw refuse(fmt::format("channel {}: values can reach {}, 32-bit integers do not", c,
                                 step_.bounds[c]));
    }
    program_.steps.push_back(std::move(step_));
  }

  Program take() { return std::move(program_); }

  Operation operator()(const graph::Input& op) {
    if (!program_.steps.empty()) throw UserError("an integer network has one input, the first");
    const auto reads_this = [&](const Node& other) {
      const bool is_layer = std::holds_alternative<graph::Convolution>(other.op) ||
                            std::holds_alternative<graph::Linear>(other.op);
      return is_layer && graph_.node(other.inputs[0]).name == node_->name;
    };
    const auto& nodes = graph_.nodes();
    const auto reader = std::find_if(nodes.begin(), nodes.end(), reads_this);
    if (reader == nodes.end()) throw UserError("no layer reads it, to say what its codes are");
    const QuantizedLayer& layer = layers_[index_of(reader->name)];
    fill(op.shape[0], layer.activation_scale, layer.activation_type.magnitude());
    return QuantizeImage{layer.activation_type, layer.activation_scale};
  }

  Operation operator()(const graph::Convolution& op) {
    graph::Window window = op.window;
    window.padding = graph::resolved_padding(window, extent_of(input().shape));
    return layer_step(window);
  }

  Operation operator()(const graph::Linear&) { return layer_step(graph::Window{}); }

  Operation operator()(const graph::BatchNorm&) {
    const auto found = parameters_.batch_norms.find(node_->name);
    if (found == parameters_.batch_norms.end()) throw UserError("has no parameters");
    const auto& [gains, shifts] = found->second;
    const Step& in = input();
    require_values("scales", gains, in.scales.size());
    require_values("shifts", shifts, in.scales.size());
    Affine affine;
    for (std::size_t c = 0; c < gains.size(); ++c) {
      const auto channel = affine_channel({in.scales[c], in.bounds[c]}, gains[c], shifts[c]);
      affine.multipliers.push_back(channel.multiplier);
      affine.offsets.push_back(channel.offset);
      step_.scales.push_back(channel.out.scale);
      step_.bounds.push_back(channel.out.bound);
    }
    return affine;
  }

  Operation operator()(const graph::Activation& op) {
    const Step& in = input();
    keep_channels();
    if (op.kind == graph::ActivationKind::kRelu6)
      for (std::size_t c = 0; c < in.scales.size(); ++c) {
        const double six = std::floor(6 / in.scales[c] + 0.5);
        if (six < static_cast<double>(in.bounds[c]))
          step_.bounds[c] = static_cast<std::int64_t>(six);
      }
    return Clamp{{step_.bounds.begin(), step_.bounds.end()}};
  }

  Operation operator()(const graph::Pool& op) {
    const graph::Extent extent = extent_of(input().shape);
    graph::Window window = op.window;
    window.padding = graph::resolved_padding(window, extent);
    const Reaches reaches = reaches_of(window, extent, extent_of(node_->shape), op.count_padding);
    if (op.kind == graph::PoolKind::kAverage) return average_pool(window, reaches);
    for (const auto& axis : {reaches.rows, reaches.columns})
      for (const Reach& reach : axis)
        if (reach.begin >= reach.end) throw UserError("a window lies in the padding alone");
    keep_channels();
    return MaxPool{window};
  }

  Operation operator()(const graph::GlobalAveragePool&) {
    const graph::Extent extent = extent_of(input().shape);
    const graph::Window window{extent, {}, {}, {}};
    return average_pool(window, reaches_of(window, extent, {1, 1}, true));
  }

  Operation operator()(const graph::Upsample&) {
    keep_channels();
    return Upsample{};
  }

  Operation operator()(const graph::Add&) {
    double largest = 0;
    for (const graph::NodeId id : node_->inputs)
      for (std::size_t c = 0; c < step_at(id).scales.size(); ++c)
        largest =
            std::max(largest, step_at(id).scales[c] * static_cast<double>(step_at(id).bounds[c]));
    // So many times this is 2^30 at most.
    const double each = 0x1p30 / static_cast<double>(std::bit_ceil(node_->inputs.size()));
    const double scale = largest == 0 ? 1 : largest / each;
    fill(node_->shape[0], scale, 0);
    Add add;
    for (const graph::NodeId id : node_->inputs) {
      add.factors.push_back(factors_onto(step_at(id), scale));
      for (std::size_t c = 0; c < step_.bounds.size(); ++c)
        step_.bounds[c] +=
            scaled(static_cast<std::int32_t>(step_at(id).bounds[c]), add.factors.back()[c]);
    }
    return add;
  }

  Operation operator()(const graph::Concat&) {
    for (const graph::NodeId id : node_->inputs) {
      const Step& in = step_at(id);
      step_.scales.insert(step_.scales.end(), in.scales.begin(), in.scales.end());
      step_.bounds.insert(step_.bounds.end(), in.bounds.begin(), in.bounds.end());
    }
    return Concat{};
  }

  Operation operator()(const graph::Flatten&) {
    const Step& in = input();
    const auto pixels = static_cast<std::size_t>(node_->shape[0] / in.shape[0]);
    for (std::size_t c = 0; c < in.scales.size(); ++c) {
      step_.scales.insert(step_.scales.end(), pixels, in.scales[c]);
      step_.bounds.insert(step_.bounds.end(), pixels, in.bounds[c]);
    }
    return Flatten{};
  }

  Operation operator()(const graph::PaddedSubsample& op) {
    keep_channels();
    const auto pad = [&](auto& values, auto filler) {
      values.insert(values.begin(), static_cast<std::size_t>(op.channels_before), filler);
      values.insert(values.end(), static_cast<std::size_t>(op.channels_after), filler);
    };
    pad(step_.scales, 1.0);
    pad(step_.bounds, std::int64_t{0});
    return Subsample{op.stride, op.channels_before};
  }

 private:
  UserError refusal(std::string_view kind, std::string_view name, std::string_view why) const {
    return UserError(fmt::format("network {}: {} '{}': {}", graph_.name(), kind, name, why));
  }

  const Step& step_at(graph::NodeId id) const { return program_.steps[id]; }
  const Step& input() const { return step_at(node_->inputs[0]); }

  std::size_t index_of(const std::string& layer) const {
    const auto found = std::find_if(shapes_.begin(), shapes_.end(),
                                    [&](const auto& shape) { return shape.name == layer; });
    return static_cast<std::size_t>(found - shapes_.begin());
  }

  void fill(std::int64_t channels, double scale, std::int64_t bound) {
    step_.scales.assign(static_cast<std::size_t>(channels), scale);
    step_.bounds.assign(static_cast<std::size_t>(channels), bound);
  }

  void keep_channels() {
    step_.scales = input().scales;
    step_.bounds = input().bounds;
  }

  Operation layer_step(const graph::Window& window) {
    const std::size_t index = index_of(node_->name);
    LoweredLayer lowered =
        lower_layer(shapes_[index], window, layers_[index], biases_of(shapes_[index]), input());
    lowered.step.layer = index;
    step_.scales = std::move(lowered.scales);
    step_.bounds = std::move(lowered.bounds);
    return std::move(lowered.step);
  }

  std::vector<double> biases_of(const graph::LayerShape& shape) const {
    const auto channels = static_cast<std::size_t>(shape.out_channels);
    if (shape.biases == 0) return std::vector<double>(channels);
    const std::string& owner = shape.weights_of.empty() ? shape.name : shape.weights_of;
    const auto found = parameters_.biases.find(owner);
    if (found == parameters_.biases.end()) throw UserError("has no biases");
    require_values("biases", found->second, channels);
    return found->second;
  }

  /// Sums, divided by their positions in the scale. Those of windows that count fewer positions are
  /// brought to the same scale, which the rounding can take one above the others' bound.
  Operation average_pool(const graph::Window& window, const Reaches& reaches) {
    const std::int64_t positions = window.kernel.height * window.kernel.width;
    if (positions > INT32_MAX) throw UserError("its window has more than 2^31 - 1 positions");
    AveragePool pool{.window = window, .shift = 0, .factors = {}};
    bool is_partial = false;
    for (const Reach& row : reaches.rows)
      for (const Reach& column : reaches.columns) {
        const std::int64_t counted = row.counted * column.counted;
        is_partial |= counted != positions;
        pool.factors.push_back(counted == 0 ? Dyadic{}
                                            : dyadic_from(static_cast<double>(positions) /
                                                          static_cast<double>(counted)));
      }
    if (!is_partial) pool.factors.clear();
    const std::vector<std::int64_t>& bounds = input().bounds;
    const auto bound_of = [&](std::int64_t bound) {
      const std::int64_t half = pool.shift == 0 ? 0 : std::int64_t{1} << (pool.shift - 1);
      return positions * ((bound + half) >> pool.shift) + (is_partial && bound > 0 ? 1 : 0);
    };
    const std::int64_t largest = *std::max_element(bounds.begin(), bounds.end());
    while (pool.shift < 30 && bound_of(largest) > INT32_MAX) ++pool.shift;
    keep_channels();
    for (double& scale : step_.scales)
      scale = std::ldexp(scale / static_cast<double>(positions), pool.shift);
    for (std::int64_t& bound : step_.bounds) bound = bound_of(bound);
    return pool;
  }

  const graph::Graph& graph_;
  std::vector<graph::LayerShape> shapes_;
  const std::vector<QuantizedLayer>& layers_;
  const NetworkParameters& parameters_;
  Program program_;
  const Node* node_ = nullptr;
  Step step_;
};

}  // namespace

Program lower(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
              const NetworkParameters& parameters) {
  Lowering lowering(graph, layers, parameters);
  for (const Node& node : graph.nodes()) lowering.add(node);
  return lowering.take();
}

}  // namespace bitloom::integer
