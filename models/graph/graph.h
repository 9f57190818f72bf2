#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/graph/operator.h"

namespace bitloom::graph {

using NodeId = std::size_t;

struct Node {
  std::string name;
  Operator op;
  std::vector<NodeId> inputs;
  Shape shape;  // of the output, for one image
};

/// A result of a network, under its name.
struct Output {
  std::string name;
  NodeId node;
};

/// A network: operators in an order in which each follows its inputs. The same graph is priced by
/// the simulator, run by the executor and written by the exporter.
class Graph {
 public:
  explicit Graph(std::string name) : name_(std::move(name)) {}

  /// Appends an operator, infers its output's shape and returns its id. A UserError names the node
  /// whose inputs, or the weights that it shares, do not fit it, and a name used twice.
  NodeId add(std::string name, Operator op, std::vector<NodeId> inputs);

  /// Names the values of `node` as a result. A UserError where the name is taken.
  void add_output(std::string name, NodeId node);

  const std::string& name() const { return name_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_.at(id); }
  /// The shapes of a node's inputs.
  std::vector<Shape> input_shapes(const Node& node) const;

  /// The nodes that are given their values; their names are the inputs' names.
  const std::vector<NodeId>& inputs() const { return inputs_; }
  /// The results in the order in which they were added; where none was, the last node under its own
  /// name.
  std::vector<Output> outputs() const;
  /// For what takes one input, or one output, such as the classification of images. A UserError
  /// names the network that has more.
  const Node& only_input() const;
  const Node& only_output() const;

 private:
  std::string name_;
  std::vector<Node> nodes_;
  std::vector<NodeId> inputs_;
  std::vector<Output> outputs_;
};

/// `graph` with the operators that `change` gives, shapes inferred anew; its results keep their
/// names.
Graph rebuilt(const Graph& graph, const std::function<Operator(const Node&)>& change);

}  // namespace bitloom::graph
