#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/layer_shape.h"

namespace bitloom::cli {

/// Indices of the layers that `selection` names, ascending: a comma-separated list of indices
/// (`0`), ranges (`3-7`), names and patterns with `*` (`layer1.*`). None selects all. A UserError
/// names the part that selects nothing.
std::vector<std::size_t> select_layers(const std::optional<std::string>& selection,
                                       const std::vector<graph::LayerShape>& layers);

}  // namespace bitloom::cli
