#pragma once

#include <string>
#include <vector>

#include "models/integer/program.h"

namespace bitloom::integer {

/// A graph on its way into a program. The integer rule of an operator (its member `lower`) sees its
/// node here, and says what the node becomes: the operation, and scale and bound of each channel.
/// Its errors do not name the node, which `add` puts before them.
class Lowering {
 public:
  /// A UserError names the layer whose scales are not positive numbers.
  Lowering(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
           const NetworkParameters& parameters);

  /// Appends the step of the graph's next node.
  void add(const graph::Node& node);
  Program take() { return std::move(program_); }

  // What a rule reads.

  /// The node's position in the graph.
  std::size_t index() const { return program_.steps.size(); }
  /// The shape of the node's output.
  const graph::Shape& shape() const { return step_.shape; }
  std::size_t inputs() const { return step_.inputs.size(); }
  /// The step of an input.
  const Step& input(std::size_t which = 0) const { return program_.steps[step_.inputs[which]]; }
  /// The batch norm's parameters, one for each channel of the input.
  const AffineParameters& affine_parameters() const;
  const graph::Graph& graph() const { return graph_; }
  /// The operands of layer `node` of the graph.
  const QuantizedLayer& operands_of(graph::NodeId node) const;

  // What a rule gives: `result` once, and all channels.

  void result(Operation operation) { step_.op = std::move(operation); }
  void add_channels(std::int64_t count, double scale, std::int64_t bound);
  /// The channels of the first input.
  void keep_channels();
  /// The whole step of a layer that reads its input under `window`, the padding of which is
  /// resolved.
  void layer(const graph::Window& window);

 private:
  std::size_t layer_index(const std::string& name) const;
  std::vector<double> biases_of(const graph::LayerShape& shape) const;

  const graph::Graph& graph_;
  std::vector<graph::LayerShape> shapes_;
  const std::vector<QuantizedLayer>& layers_;
  const NetworkParameters& parameters_;
  Program program_;
  Step step_;  // of the node that is being added
};

}  // namespace bitloom::integer
