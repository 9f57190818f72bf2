#pragma once

#include <string>
#include <vector>

#include "models/graph/layer_table.h"

namespace bitloom {
class CsvTable;
}

namespace bitloom::graph {

/// Whether the columns are those of a topology of SCALE-Sim (scalesim-project/scale-sim-v2,
/// topologies/): of convolutions, `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter
/// Width, Channels, Num Filter, Strides`, or of matrix products, `Layer, M, N, K`.
bool is_topology(const CsvTable& table);

/// A UserError where the table has columns of such a topology, but not all, or others.
void refuse_near_topology(const std::string& path, const CsvTable& table);

/// Its layers, which have no bits and no batch of their own. Inputs have their padding already;
/// `DP` in a layer's name makes it depthwise, with so many filters for each channel. A product of
/// M x K by K x N is M pixels of K channels. The first of some convolutions reads the network's
/// input.
std::vector<LayerRow> read_topology(const std::string& path, const CsvTable& table);

}  // namespace bitloom::graph
