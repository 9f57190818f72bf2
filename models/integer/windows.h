#pragma once

#include <vector>

#include "models/graph/window.h"

namespace bitloom::integer {

/// What one output position's window reads along an axis: input positions begin, begin + dilation,
/// ... before `end`, all inside the image; none where begin >= end.
struct Reach {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t counted = 0;  // positions that an average divides by
};

/// The reaches of a pool's output rows and columns.
struct Reaches {
  std::vector<Reach> rows;
  std::vector<Reach> columns;
};

/// Of `window`, its padding resolved. An average counts the padding's positions with
/// `count_padding`; beyond the padding, where a window is cut by ceil_mode, lies nothing to count.
Reaches reaches_of(const graph::Window& window, graph::Extent input, graph::Extent output,
                   bool count_padding);

}  // namespace bitloom::integer
