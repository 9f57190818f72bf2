#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/graph/policy.h"

namespace bitloom::graph {

/// A file with layers for another simulator.
struct WorkloadText {
  std::string name;  // in a folder, such as `conv1.yaml`; empty: the only file
  std::string text;
};

/// How another simulator takes a network's layers; read_layer_table() reads each of them.
struct WorkloadFormat {
  std::string_view name;
  std::string_view doc;
  bool is_folder;   // a file for each layer
  bool takes_bits;  // else the policy that is handed over is empty
  /// Bits of each layer, or none. A UserError lists the layers that the format cannot say.
  std::vector<WorkloadText> (*write)(const std::vector<LayerShape>& layers, const Policy& policy);
};

const std::vector<WorkloadFormat>& workload_formats();

std::vector<WorkloadText> write_topology(const std::vector<LayerShape>& layers, const Policy&);
std::vector<WorkloadText> write_zigzag(const std::vector<LayerShape>& layers, const Policy& policy);
std::vector<WorkloadText> write_timeloop(const std::vector<LayerShape>& layers,
                                         const Policy& policy);

/// A UserError that names the layers that `format` cannot say, and why; nothing where there are
/// none.
void refuse_layers(std::string_view format, std::string_view why,
                   const std::vector<std::string>& names);

/// Rows and columns of the input with the padding that the windows reach.
Extent reached_input(const LayerShape& layer);

}  // namespace bitloom::graph
