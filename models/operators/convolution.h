#pragma once

#include "models/graph/operator.h"
#include "models/graph/window.h"

namespace bitloom::graph {

/// Convolution over {channels, height, width}; depthwise where groups == input channels. Over
/// {channels, length}, of one dimension, it is one over an image of a single row.
///
/// `weights_of` names an earlier convolution whose weights and bias this one uses, as a detector's
/// heads do on every level of its pyramid; empty where it has its own. Such a node is a layer of
/// its own, with its own size, bits and cost; its parameters exist, and are counted, once, in the
/// named node. Graph::add checks that the two fit.
struct Convolution {
  std::int64_t out_channels;
  Window window;
  std::int64_t groups = 1;
  bool bias = false;
  std::string weights_of = {};

  static constexpr Arity kArity{};
  std::string name() const;
  Shape shape(const std::vector<Shape>& inputs) const;
  LayerShape layer(const std::vector<Shape>& inputs, const Shape& output) const;
  std::vector<Parameter> parameters(const std::vector<Shape>& inputs) const;
  void lower(integer::Lowering& lowering) const;
};

}  // namespace bitloom::graph
