#include "models/integer/windows.h"

#include <algorithm>

namespace bitloom::integer {
namespace {

/// Rows or columns: how windows walk over them.
struct Axis {
  std::int64_t kernel, stride, dilation;
  std::int64_t before, size, after;  // padding, input, padding
};

std::vector<Reach> reaches_along(const Axis& axis, std::int64_t outputs, bool count_padding) {
  std::vector<Reach> reaches(static_cast<std::size_t>(outputs));
  std::int64_t start = -axis.before;
  for (Reach& reach : reaches) {
    bool is_inside_yet = false;
    for (std::int64_t k = 0; k < axis.kernel; ++k) {
      const std::int64_t position = start + k * axis.dilation;
      const bool is_inside = position >= 0 && position < axis.size;
      if (is_inside) {
        if (!is_inside_yet) reach.begin = position;
        is_inside_yet = true;
        reach.end = position + 1;
      }
      if (is_inside || (count_padding && position < axis.size + axis.after)) ++reach.counted;
    }
    start += axis.stride;
  }
  return reaches;
}

}  // namespace

Reaches reaches_of(const graph::Window& window, graph::Extent input, graph::Extent output,
                   bool count_padding) {
  const graph::Padding& padding = window.padding;
  return {reaches_along({window.kernel.height, window.stride.height, window.dilation.height,
                         padding.top, input.height, padding.bottom},
                        output.height, count_padding),
          reaches_along({window.kernel.width, window.stride.width, window.dilation.width,
                         padding.left, input.width, padding.right},
                        output.width, count_padding)};
}

}  // namespace bitloom::integer
