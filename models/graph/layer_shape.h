#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"
#include "models/graph/shape.h"

namespace bitloom::graph {

class Graph;

enum class LayerKind { kConvolution, kDepthwise, kLinear, kMatMul };

/// `conv`, `depthwise`, `linear` or `matmul`.
std::string_view to_text(LayerKind kind);

/// What the second operand of a product is. Weights stay the same from image to image; activations
/// and caches (keys and values of earlier tokens) are each image's own.
enum class SecondOperand { kWeights, kActivation, kCache };

/// `count` equal matrix products: rows x reduction activations by reduction x columns values of the
/// second operand.
struct Product {
  std::int64_t rows = 1;
  std::int64_t reduction = 1;
  std::int64_t columns = 1;
  std::int64_t count = 1;  // groups of a convolution, heads of attention
  SecondOperand second = SecondOperand::kWeights;
  bool operator==(const Product&) const = default;
};

/// A layer that has bits, for one image: a convolution, a linear layer, or the product of two
/// activations. Of that, `groups` is the number of matrices, the first operand has `output` pixels
/// as rows and `in_channels / groups` columns, the second `out_channels / groups` columns; what is
/// said of weights is the second operand's.
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
  SecondOperand second = SecondOperand::kWeights;
  bool signed_second = true;  // a second operand that is no weights can be negative
  bool is_within = false;     // its operands arise within a node: the signs are as the node says
  std::vector<std::string> read_by = {};  // layers that its results reach without another between

  std::int64_t output_pixels() const { return output.height * output.width; }
  std::int64_t kernel_area() const { return kernel.height * kernel.width; }
  /// Products summed into one output value.
  std::int64_t reduction() const { return kernel_area() * in_channels / groups; }
  std::int64_t weights() const { return out_channels * reduction(); }
  bool has_weights() const { return second == SecondOperand::kWeights; }
  /// Weights that are this layer's own, which it brings to the size of the network.
  std::int64_t stored_weights() const {
    return has_weights() && weights_of.empty() ? weights() : 0;
  }
  /// What hardware runs for one image.
  Product product() const {
    return {output_pixels(), reduction(), out_channels / groups, groups, second};
  }
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
