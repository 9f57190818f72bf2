#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/operator.h"
#include "models/onnx/model.h"

// ONNX's operators as operators of a graph.

namespace bitloom::onnx {

/// A value that is the same whatever the network is given: a tensor, or what a node makes of other
/// constants.
struct Constant {
  ElementType type = ElementType::kUndefined;
  std::optional<Shape> dims = {};
  std::optional<Tensor> tensor = {};
  Node node = {};                                            // where there is no tensor
  std::vector<std::shared_ptr<const Constant>> inputs = {};  // null: left out
  std::size_t output = 0;                                    // which of the node's
  /// What runs the network keeps its value here once it was computed.
  mutable std::shared_ptr<const void> evaluated = {};
};

/// Where a node's input comes from: a constant, the node's next input in the graph, or neither
/// where it is left out.
struct Operand {
  std::shared_ptr<const Constant> constant = {};
  bool is_input = false;
  std::optional<Shape> dims = {};  // with the batch, where it is known; of an input
  ElementType type = ElementType::kUndefined;
};

/// Whether a node gives values of its first input in other places, and no others than those and 0;
/// for a Pad that is so where it pads with 0.
bool moves_values(const Node& node);

/// The shape that values of ONNX have in a graph, which leaves the batch of one image out.
Shape graph_shape(const Shape& dims);

/// A node of ONNX, of which hardware for products runs nothing: one of its outputs.
struct Call {
  Node node = {};
  std::vector<Operand> operands = {};
  std::size_t output = 0;
  std::optional<Shape> dims = {};  // of the output, with the batch; not always known

  static constexpr graph::Arity kArity{0, graph::kAnyNumber};
  std::string name() const { return node.op; }
  Shape shape(const std::vector<Shape>&) const { return graph_shape(dims.value_or(Shape{})); }
  graph::Sign sign() const;
  bool rounds() const;
};

/// A node of which hardware runs a product. Of a node with several the last computes the node, the
/// others are priced alone.
struct ProductCall {
  Call call = {};
  graph::LayerShape product = {};
  bool computes = true;

  static constexpr graph::Arity kArity = Call::kArity;
  std::string name() const { return call.name(); }
  Shape shape(const std::vector<Shape>& inputs) const { return call.shape(inputs); }
  graph::LayerShape layer(const std::vector<Shape>&, const Shape&) const { return product; }
  /// Why it has no weights that could be quantized: `it multiplies two activations`.
  std::string why_no_weights() const;
  /// Of a product without weights why its operands could not be quantized; empty where they could.
  /// They are the node's first two inputs, or arise within an attention.
  std::string why_no_operands() const;
  /// Whether the node is an attention, of which all images can be computed at once where its
  /// operands can be quantized.
  bool is_attention() const;
  /// Of an attention whether that input of the node has a dimension of images in front.
  bool has_images(std::size_t operand) const;
};

}  // namespace bitloom::onnx
