#include "models/graph/window.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::graph {
namespace {

std::int64_t same_padding(std::int64_t in, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation) {
  const std::int64_t out = ceil_div(in, stride);
  return std::max<std::int64_t>(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - in);
}

std::int64_t window_count(std::int64_t in, std::int64_t before, std::int64_t after,
                          std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                          bool ceil_mode) {
  const std::int64_t span = in + before + after - dilation * (kernel - 1) - 1;
  if (span < 0)
    throw UserError(fmt::format("window of {} does not fit into {} rows or columns with padding",
                                dilation * (kernel - 1) + 1, in + before + after));
  std::int64_t count = (ceil_mode ? ceil_div(span, stride) : span / stride) + 1;
  if (ceil_mode && (count - 1) * stride >= in + before) --count;
  return count;
}

}  // namespace

void require_valid(const Window& window) {
  require_dimension(window.kernel.height, "kernel height");
  require_dimension(window.kernel.width, "kernel width");
  require_dimension(window.stride.height, "stride");
  require_dimension(window.stride.width, "stride");
  require_dimension(window.dilation.height, "dilation");
  require_dimension(window.dilation.width, "dilation");
  const Padding& p = window.padding;
  if (std::min({p.top, p.left, p.bottom, p.right}) < 0 ||
      std::max({p.top, p.left, p.bottom, p.right}) > kMostPerDimension)
    throw UserError(fmt::format("padding must be in [0, {}]", kMostPerDimension));
}

Padding resolved_padding(const Window& window, Extent input) {
  if (!window.padding.is_same) return window.padding;
  const std::int64_t rows = same_padding(input.height, window.kernel.height, window.stride.height,
                                         window.dilation.height);
  const std::int64_t columns =
      same_padding(input.width, window.kernel.width, window.stride.width, window.dilation.width);
  return {rows / 2, columns / 2, rows - rows / 2, columns - columns / 2};
}

Window resolved(Window window, Extent input) {
  window.padding = resolved_padding(window, input);
  return window;
}

Extent window_output(const Window& window, Extent input, bool ceil_mode) {
  const Padding padding = resolved_padding(window, input);
  return {window_count(input.height, padding.top, padding.bottom, window.kernel.height,
                       window.stride.height, window.dilation.height, ceil_mode),
          window_count(input.width, padding.left, padding.right, window.kernel.width,
                       window.stride.width, window.dilation.width, ceil_mode)};
}

}  // namespace bitloom::graph
