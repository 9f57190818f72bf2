#include "models/integer/average_pool.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/shape_inference.h"

namespace bitloom::integer {
namespace {

/// Rows or columns: how windows walk over them.
struct Axis {
  std::int64_t kernel, stride, dilation;
  std::int64_t before, size, after;  // padding, input, padding
};

/// What the window of one output position reads along an axis, and how many positions it divides
/// by.
struct Reach {
  std::vector<std::int64_t> inside;
  std::int64_t counted = 0;
};

Reach reach_of(std::int64_t output, const Axis& axis, bool count_padding) {
  Reach reach;
  for (std::int64_t k = 0; k < axis.kernel; ++k) {
    const std::int64_t position = output * axis.stride + k * axis.dilation - axis.before;
    const bool is_inside = position >= 0 && position < axis.size;
    if (is_inside) reach.inside.push_back(position);
    // Beyond the padding lies nothing: there a ceil_mode window is cut.
    if (is_inside || (count_padding && position < axis.size + axis.after)) ++reach.counted;
  }
  return reach;
}

void require_sum(const graph::Extent& kernel, const CodeType& type) {
  const std::int64_t area = kernel.height * kernel.width;
  if (area <= INT32_MAX / type.magnitude()) return;
  throw UserError(fmt::format("an average of {} codes of {} bits exceeds 32 accumulator bits", area,
                              type.bits));
}

std::int32_t sum_of(const std::int32_t* codes, std::int64_t width, const Reach& rows,
                    const Reach& columns) {
  std::int32_t sum = 0;
  for (const std::int64_t y : rows.inside)
    for (const std::int64_t x : columns.inside) sum += codes[y * width + x];
  return sum;
}

}  // namespace

std::vector<std::int32_t> average_pool(std::span<const std::int32_t> codes, std::int64_t channels,
                                       graph::Extent input, const graph::Pool& pool, CodeType type,
                                       double scale_ratio, CodeRange range) {
  const graph::Window& window = pool.window;
  const std::int64_t area = input.height * input.width;
  ensure(pool.kind == graph::PoolKind::kAverage, "average_pool takes average pools");
  ensure(static_cast<std::int64_t>(codes.size()) == channels * area,
         "pooled codes are channels x height x width");
  ensure_codes(codes, type);
  require_sum(window.kernel, type);
  const graph::Padding padding = graph::resolved_padding(window, input);
  const graph::Extent output = graph::window_output(window, input, pool.ceil_mode);
  const std::int64_t pixels = output.height * output.width;
  std::vector<std::int32_t> out(static_cast<std::size_t>(channels * pixels));
  const Axis vertical{window.kernel.height, window.stride.height, window.dilation.height,
                      padding.top,          input.height,         padding.bottom};
  const Axis horizontal{window.kernel.width, window.stride.width, window.dilation.width,
                        padding.left,        input.width,         padding.right};
  for (std::int64_t y = 0; y < output.height; ++y) {
    const Reach rows = reach_of(y, vertical, pool.count_padding);
    for (std::int64_t x = 0; x < output.width; ++x) {
      const Reach columns = reach_of(x, horizontal, pool.count_padding);
      const std::int64_t counted = rows.counted * columns.counted;
      if (counted == 0) continue;  // a window in the padding alone averages nothing: 0
      const Dyadic factor = dyadic_from(scale_ratio / static_cast<double>(counted));
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        const std::int32_t sum = sum_of(codes.data() + channel * area, input.width, rows, columns);
        out[static_cast<std::size_t>(channel * pixels + y * output.width + x)] =
            requantize(sum, factor, range);
      }
    }
  }
  return out;
}

}  // namespace bitloom::integer
