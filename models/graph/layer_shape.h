#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"
#include "models/graph/shape.h"

namespace bitloom::graph {

class Graph;

enum class LayerKind { kConvolution, kDepthwise, kLinear };

/// `conv`, `depthwise` or `linear`.
std::string_view to_text(LayerKind kind);

/// A layer that has bits: convolution, depthwise convolution or linear layer, for one image.
struct LayerShape {
  std::string name = {};
  LayerKind kind = LayerKind::kConvolution;
  std::int64_t in_channels = 1;
  std::int64_t out_channels = 1;
  Extent kernel = {};
  Extent stride = {};
  Extent input = {};
  Extent output = {};
  std::int64_t groups = 1;
  std::int64_t biases = 0;
  std::string weights_of = {};     // the layer whose weights and biases these are; empty: its own
  bool signed_activations = true;  // its input can be negative: not every path to it has a ReLU
  bool reads_input = false;        // a convolution of the network's input itself
  std::vector<std::string> read_by = {};  // layers that its results reach without another between

  std::int64_t output_pixels() const { return output.height * output.width; }
  std::int64_t kernel_area() const { return kernel.height * kernel.width; }
  /// Products summed into one output value.
  std::int64_t reduction() const { return kernel_area() * in_channels / groups; }
  std::int64_t weights() const { return out_channels * reduction(); }
  /// Multiply-accumulates for one image, padding counted as work.
  Macs macs() const { return Macs(output_pixels() * weights()); }
};

/// The layers of `graph` in execution order.
std::vector<LayerShape> layers_of(const Graph& graph);

/// Trained parameters: weights, biases, and scale and shift of batch norms (running statistics not
/// counted). Weights that several layers share count once.
std::int64_t parameter_count(const Graph& graph);

/// Multiply-accumulates of all layers for one image.
Macs macs_of(const std::vector<LayerShape>& layers);

}  // namespace bitloom::graph
