#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "models/graph/graph.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/linear.h"
#include "models/operators/pool.h"

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
  /// A square convolution with bias.
  Chain& biased_convolution(std::string name, std::int64_t out_channels, std::int64_t kernel,
                            std::int64_t stride, Padding padding);
  Chain& max_pool(std::string name, std::int64_t kernel, std::int64_t stride,
                  std::int64_t padding = 0, bool ceil_mode = false);
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
  /// Global average pool, flatten and a linear layer `name`.
  Chain& classifier(std::string name, std::int64_t classes);

 private:
  Graph* graph_;
  NodeId at_;
};

/// A square window.
Window square_window(std::int64_t kernel, std::int64_t stride, Padding padding);

/// An RGB image.
NodeId add_image_input(Graph& graph, Extent image);

/// For a classifier whose weights fix the size of its input: a UserError when `node`'s shape is not
/// `features`, as an image of another size makes it.
void require_features(const Graph& graph, NodeId node, const Shape& features);

}  // namespace bitloom::graph
