#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "models/graph/graph.h"

namespace bitloom::graph {

/// Chains operators, remembering where it stands; the zoo's networks are written with it.
class Chain {
 public:
  Chain(Graph& graph, NodeId from) : graph_(&graph), at_(from) {}

  NodeId at() const { return at_; }
  /// Channels (or features) where the chain stands.
  std::int64_t channels() const { return graph_->node(at_).shape[0]; }

  Chain& then(std::string name, Operator op) {
    at_ = graph_->add(std::move(name), std::move(op), {at_});
    return *this;
  }
  /// A square convolution without bias; padding as given.
  Chain& convolution(std::string name, std::int64_t out_channels, std::int64_t kernel,
                     std::int64_t stride, Padding padding, std::int64_t groups = 1);
  Chain& batch_norm(std::string name, double epsilon = 1e-5);
  Chain& relu(std::string name) { return then(std::move(name), Activation{ActivationKind::kRelu}); }
  Chain& relu6(std::string name) {
    return then(std::move(name), Activation{ActivationKind::kRelu6});
  }
  /// The element-wise sum of this chain and `other`.
  Chain& add(std::string name, NodeId other) {
    at_ = graph_->add(std::move(name), Add{}, {at_, other});
    return *this;
  }

 private:
  Graph* graph_;
  NodeId at_;
};

/// A square window.
Window square_window(std::int64_t kernel, std::int64_t stride, Padding padding);

/// 3x224x224 and the like.
NodeId add_image_input(Graph& graph, std::int64_t size, std::int64_t channels = 3);

}  // namespace bitloom::graph
