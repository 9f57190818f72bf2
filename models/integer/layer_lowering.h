#pragma once

#include <vector>

#include "models/integer/program.h"

// Pieces of lower() that know of parameters. Errors do not name the node, which lower() adds.

namespace bitloom::integer {

/// A UserError unless there are `count` finite `values`; `what` names them in the plural.
void require_values(const char* what, const std::vector<double>& values, std::size_t count);

bool is_positive_scale(double scale);

/// Factors that bring each channel's values to `scale`; values that are always 0 stay so.
std::vector<Dyadic> factors_onto(const Step& input, double scale);

/// A UserError unless the layer's scales are as many as the arithmetic has, other than 0 and those
/// of activations positive, and its zero points are 0.
void require_scales(const graph::LayerShape& shape, const QuantizedLayer& layer);

struct LoweredLayer {
  LayerStep step;
  std::vector<double> scales;
  std::vector<std::int64_t> bounds;
};

/// A layer that reads `input`. `window`: its padding resolved; `biases`: one for each output
/// channel.
LoweredLayer lower_layer(const graph::LayerShape& shape, const graph::Window& window,
                         const QuantizedLayer& layer, const std::vector<double>& biases,
                         const Step& input);

}  // namespace bitloom::integer
