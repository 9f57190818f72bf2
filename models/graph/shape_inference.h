#pragma once

#include <vector>

#include "models/graph/operators.h"

namespace bitloom::graph {

/// Output shape of `op` on `inputs`; a UserError says what does not fit (without naming the node).
Shape infer_shape(const Operator& op, const std::vector<Shape>& inputs);

/// Rows and columns that `window` takes from an input: SAME resolved against its size.
Padding resolved_padding(const Window& window, Extent input);

/// Output size of a sliding window: floor((in + padding - dilation*(kernel-1) - 1) / stride) + 1,
/// or the ceiling of the fraction with `ceil_mode`, where no window may start beyond the input and
/// its leading padding.
Extent window_output(const Window& window, Extent input, bool ceil_mode = false);

/// {channels, height, width} as text: `32x112x112`.
std::string to_text(const Shape& shape);

}  // namespace bitloom::graph
