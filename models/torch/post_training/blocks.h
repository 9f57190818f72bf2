#pragma once

#include <cstddef>
#include <vector>

#include "models/graph/graph.h"

namespace bitloom::nn {

/// A part of a network that one tensor enters and one leaves: the nodes after `from`, up to `to`.
struct Block {
  graph::NodeId from, to;
  std::size_t first_layer, layers;  // those in it, in execution order
};

/// The network as the smallest blocks that have a layer each, one after the other: a residual block
/// is one, and so is a layer with its batch norm and activation. All nodes behind the input are in
/// one of them.
std::vector<Block> blocks_of(const graph::Graph& graph);

}  // namespace bitloom::nn
