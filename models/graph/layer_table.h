#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/precision.h"

namespace bitloom::graph {

/// The most that a table gives.
constexpr std::int64_t kMostTablePixels = 1 << 16;  // of a side
constexpr std::int64_t kMostTableChannels = 1 << 24;

/// A layer that a table gives, with the bits and the batch that it says.
struct LayerRow {
  std::string network;
  LayerShape layer;
  std::optional<Precision> precision = {};
  std::optional<std::int64_t> batch = {};
  std::size_t line = 0;  // of the table
};

/// Reads a table of layers (CSV): network, layer, kind (conv, depthwise or fc), K (kernel), I and O
/// (rows and columns of the input and output), S (stride), IC, OC, batch, abits, wbits, and im2col,
/// 1 where the layer reads the network's input. A recurrent layer's step is an fc. A topology of
/// SCALE-Sim (topology_table.h) is read too; its layers have no bits and no batch. A UserError
/// names file, line and column.
std::vector<LayerRow> read_layer_table(const std::string& path);

}  // namespace bitloom::graph
