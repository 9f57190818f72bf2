#include "pipelines/layer_engine.h"

#include "models/operators/convolution.h"

namespace bitloom::pipelines {

std::shared_ptr<const integer::IntegerLayer> layer_engine(const graph::Graph& graph,
                                                          const graph::Node& node,
                                                          const integer::QuantizedLayer& operands) {
  graph::LayerShape shape = node.op.layer(graph.input_shapes(node), node.shape);
  shape.name = node.name;
  const graph::Window window =
      node.op.is<graph::Convolution>() ? node.op.as<graph::Convolution>().window : graph::Window{};
  return std::make_shared<const integer::IntegerLayer>(
      integer::LayerSpecification{shape, window, operands.weight_type, operands.activation_type},
      operands.weights);
}

}  // namespace bitloom::pipelines
