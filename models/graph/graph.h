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

/// A network: operators in an order in which each follows its inputs. The same graph is priced by
/// the simulator, run by the executor and written by the exporter.
class Graph {
 public:
  explicit Graph(std::string name) : name_(std::move(name)) {}

  /// Appends an operator, infers its output's shape and returns its id. A UserError names the node
  /// whose inputs, or the weights that it shares, do not fit it, and a name used twice.
  NodeId add(std::string name, Operator op, std::vector<NodeId> inputs);

  const std::string& name() const { return name_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_.at(id); }
  /// The shapes of a node's inputs.
  std::vector<Shape> input_shapes(const Node& node) const;

 private:
  std::string name_;
  std::vector<Node> nodes_;
};

/// `graph` with the operators that `change` gives, shapes inferred anew.
Graph rebuilt(const Graph& graph, const std::function<Operator(const Node&)>& change);

}  // namespace bitloom::graph
