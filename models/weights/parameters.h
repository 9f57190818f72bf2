#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/weights/safetensors.h"

namespace bitloom::weights {

/// Every real number that a network was trained to, by PyTorch's names: `conv1.weight`
/// (out_channels x in_channels / groups x kernel height x kernel width; a linear layer's out x in),
/// `conv1.bias`, and a batch norm's `weight`, `bias`, `running_mean`, `running_var`.
using Parameters = std::map<std::string, Tensor>;

using graph::ParameterRole;

struct ParameterShape {
  std::string name;  // node name, a dot, and PyTorch's name of the role
  graph::NodeId node;
  ParameterRole role;
  graph::Shape shape;
};

/// The parameters that `graph` needs, in the order of its nodes. Layers that use another's weights
/// have none.
std::vector<ParameterShape> parameters_of(const graph::Graph& graph);

}  // namespace bitloom::weights
