#pragma once

#include <map>
#include <span>
#include <vector>

#include "models/integer/network.h"

// A quantized network in real numbers, to hold IntegerNetwork to: operators are computed as the
// graph states them, with no integers but the codes that layers read.

namespace bitloom::integer {

/// Real values, and by how much integers may differ from each for being rounded on the way.
struct RealTensor {
  std::vector<double> values;
  std::vector<double> errors;
};

struct QuantizedNetwork {
  const graph::Graph& graph;
  const std::vector<QuantizedLayer>& layers;
  const NetworkParameters& parameters;
};

/// Every node's values on `image`, where layers read `codes`, by name. `program` gives the units in
/// which a node's integers are rounded, and nothing else.
std::vector<RealTensor> real_values(const QuantizedNetwork& network, const Program& program,
                                    std::span<const float> image,
                                    const std::map<std::string, std::vector<std::int32_t>>& codes);

}  // namespace bitloom::integer
