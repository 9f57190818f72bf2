#pragma once

#include <string>
#include <vector>

#include "models/graph/precision.h"

namespace bitloom::graph {

/// A layer that a table gives with its bits and its batch.
struct LayerRow {
  std::string network;
  LayerShape layer;
  Precision precision;
  std::int64_t batch = 1;
  std::size_t line = 0;  // of the table
};

/// Reads a table of layers (CSV): network, layer, kind (conv, depthwise or fc), K (kernel), I and O
/// (rows and columns of the input and output), S (stride), IC, OC, batch, abits, wbits, and im2col,
/// 1 where the layer reads the network's input. A recurrent layer's step is an fc. A UserError
/// names file, line and column.
std::vector<LayerRow> read_layer_table(const std::string& path);

}  // namespace bitloom::graph
