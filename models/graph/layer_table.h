#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/precision.h"

namespace bitloom::graph {

/// The most that a table gives.
constexpr std::int64_t kMostTablePixels = 1 << 16;  // of a side
constexpr std::int64_t kMostTableChannels = 1 << 24;
constexpr std::int64_t kMostTableImages = 65536;

/// A layer that a table gives, with the bits and the batch that it says.
struct LayerRow {
  std::string network;
  LayerShape layer;
  std::optional<Precision> precision = {};
  std::optional<std::int64_t> batch = {};
  std::size_t line = 0;  // of the table
};

/// Reads a table of layers (CSV) with the columns layer, kind (conv, depthwise or fc), K (kernel),
/// I and O (input and output), S (stride), IC and OC (channels); sides are N or HxW. O may be left
/// out where P, the padding, is there. May be left out: network, groups, batch, abits, wbits, and
/// im2col, 1 where the layer reads the network's input. A recurrent layer's step is an fc. Read as
/// well: topologies of SCALE-Sim (topology_table.h), and with the ending .yaml or .yml workloads of
/// ZigZag and Timeloop (workload_file.h). What contradicts itself is a UserError that names file,
/// line, column and what would be right.
std::vector<LayerRow> read_layer_table(const std::string& path);

/// The same of the text of the file `path`, CSV.
std::vector<LayerRow> parse_layer_table(const std::string& path, std::string_view text);

/// The name of a network whose layers a file gives without naming it: the file's, without folder
/// and ending.
std::string network_of_file(const std::string& path);

}  // namespace bitloom::graph
