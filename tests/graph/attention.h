#pragma once

#include "models/graph/graph.h"
#include "models/operators/input.h"
#include "models/operators/matmul.h"
#include "models/operators/softmax.h"

namespace bitloom::graph {

/// Attention of 4 heads: 5 queries of 8 numbers, 7 keys and values.
inline Graph attention() {
  Graph graph("attention");
  const NodeId queries = graph.add("queries", Input{{4, 5, 8}}, {});
  const NodeId keys = graph.add("keys", Input{{4, 7, 8}}, {});
  const NodeId values = graph.add("values", Input{{4, 7, 8}}, {});
  const NodeId scores = graph.add("scores", MatMul{.transpose_second = true}, {queries, keys});
  const NodeId shares = graph.add("shares", Softmax{}, {scores});
  graph.add_output("mixed", graph.add("mixture", MatMul{}, {shares, values}));
  graph.add_output("attended", shares);
  return graph;
}

}  // namespace bitloom::graph
