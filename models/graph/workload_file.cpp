#include "models/graph/workload_file.h"

#include "base/document.h"

namespace bitloom::graph {

std::vector<LayerRow> read_workload(const std::string& path) {
  const DocumentValue document = load_document(path);
  const std::string network = network_of_file(path);
  if (document.is_sequence()) return read_zigzag(network, document);
  if (document.is_mapping() && document.has("problem"))
    return read_timeloop(network, document.at("problem"));
  throw document.error(
      "is no table of layers: a list of layers (ZigZag) or a mapping with 'problem' (Timeloop) "
      "would be right");
}

}  // namespace bitloom::graph
