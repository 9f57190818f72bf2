#include "models/weights/parameters.h"

namespace bitloom::weights {
namespace {

using graph::Node;
using graph::NodeId;
using graph::Shape;

class Collector {
 public:
  explicit Collector(const graph::Graph& graph) : graph_(graph) {}

  std::vector<ParameterShape> collect() {
    for (NodeId id = 0; id < graph_.nodes().size(); ++id)
      if (const auto* convolution = std::get_if<graph::Convolution>(&graph_.node(id).op))
        add_convolution(id, *convolution);
      else if (const auto* linear = std::get_if<graph::Linear>(&graph_.node(id).op))
        add_linear(id, *linear);
      else if (std::holds_alternative<graph::BatchNorm>(graph_.node(id).op))
        add_batch_norm(id);
    return std::move(found_);
  }

 private:
  void add(NodeId node, const char* name, ParameterRole role, Shape shape) {
    found_.push_back({graph_.node(node).name + name, node, role, std::move(shape)});
  }

  const Shape& input_shape(NodeId node) const {
    return graph_.node(graph_.node(node).inputs[0]).shape;
  }

  void add_convolution(NodeId id, const graph::Convolution& op) {
    if (!op.weights_of.empty()) return;
    add(id, ".weight", ParameterRole::kWeight,
        {op.out_channels, input_shape(id)[0] / op.groups, op.window.kernel.height,
         op.window.kernel.width});
    if (op.bias) add(id, ".bias", ParameterRole::kBias, {op.out_channels});
  }

  void add_linear(NodeId id, const graph::Linear& op) {
    add(id, ".weight", ParameterRole::kWeight, {op.out_features, input_shape(id)[0]});
    if (op.bias) add(id, ".bias", ParameterRole::kBias, {op.out_features});
  }

  void add_batch_norm(NodeId id) {
    const Shape channels{graph_.node(id).shape[0]};
    add(id, ".weight", ParameterRole::kScale, channels);
    add(id, ".bias", ParameterRole::kShift, channels);
    add(id, ".running_mean", ParameterRole::kMean, channels);
    add(id, ".running_var", ParameterRole::kVariance, channels);
  }

  const graph::Graph& graph_;
  std::vector<ParameterShape> found_;
};

}  // namespace

std::vector<ParameterShape> parameters_of(const graph::Graph& graph) {
  return Collector(graph).collect();
}

}  // namespace bitloom::weights
