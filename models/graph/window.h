#pragma once

#include "models/graph/shape.h"

namespace bitloom::graph {

/// Rows and columns added around an image. `same()` is TensorFlow's SAME, resolved by shape
/// inference: the output has ceil(input / stride) rows, and of an odd padding the larger half lies
/// at the bottom and right.
struct Padding {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool is_same = false;
  static Padding all(std::int64_t each) { return {each, each, each, each}; }
  static Padding same() { return {.is_same = true}; }
  bool operator==(const Padding&) const = default;
};

struct Window {
  Extent kernel;
  Extent stride;
  Padding padding;
  Extent dilation;
};

/// A UserError unless kernel, stride and dilation are at least 1 and the padding is at least 0, and
/// all of them no larger than a dimension may be.
void require_valid(const Window& window);

/// Rows and columns that `window` takes from an input: SAME resolved against its size.
Padding resolved_padding(const Window& window, Extent input);

/// `window` with its padding resolved.
Window resolved(Window window, Extent input);

/// Output size of a sliding window: floor((in + padding - dilation*(kernel-1) - 1) / stride) + 1,
/// or the ceiling of the fraction with `ceil_mode`, where no window may start beyond the input and
/// its leading padding.
Extent window_output(const Window& window, Extent input, bool ceil_mode = false);

}  // namespace bitloom::graph
