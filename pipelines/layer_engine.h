#pragma once

#include <memory>

#include "models/graph/graph.h"
#include "models/integer/layer.h"
#include "models/integer/program.h"

namespace bitloom::pipelines {

/// A convolution or linear layer of `graph` by bit-planes, without its bias. Its images are those
/// of its LayerShape: [in channels][height][width], rows of a linear layer along the height. A
/// UserError where its sums could overflow 32 bits.
std::shared_ptr<const integer::IntegerLayer> layer_engine(const graph::Graph& graph,
                                                          const graph::Node& node,
                                                          const integer::QuantizedLayer& operands);

}  // namespace bitloom::pipelines
