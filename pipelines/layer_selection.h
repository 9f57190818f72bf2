#pragma once

#include <string>
#include <vector>

#include "models/graph/layer_shape.h"

namespace bitloom::pipelines {

/// Indices of the layers that `selection` names, ascending: names, patterns with `*` (`layer1.*`),
/// indices (`0`) and ranges (`3-7`; `3-` to the last layer, `-7` from the first). An empty
/// selection names all. A UserError tells the entry that selects nothing.
std::vector<std::size_t> select_layers(const std::vector<std::string>& selection,
                                       const std::vector<graph::LayerShape>& layers);

}  // namespace bitloom::pipelines
