#include "models/integer/depthwise.h"

#include <algorithm>

#include "base/quantity.h"
#include "models/graph/shape_inference.h"

namespace bitloom::integer {
namespace {

/// Outputs along one axis whose tap lies inside the image: [begin, end), the first reading input
/// position `input`.
struct Inside {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t input;
};

Inside outputs_inside(std::int64_t tap, std::int64_t before, std::int64_t stride,
                      std::int64_t in_size, std::int64_t out_size) {
  const std::int64_t shift = before - tap;  // output o reads input o * stride - shift
  const std::int64_t begin = shift > 0 ? ceil_div(shift, stride) : 0;
  const std::int64_t last = in_size - 1 + shift;
  const std::int64_t end = last < 0 ? 0 : std::min(out_size, last / stride + 1);
  return {begin, std::max(begin, end), begin * stride - shift};
}

void add_scaled(const std::int32_t* in, std::int64_t step, std::int32_t weight, std::int64_t count,
                std::int32_t* out) {
  if (step == 1)
    for (std::int64_t i = 0; i < count; ++i) out[i] += weight * in[i];
  else
    for (std::int64_t i = 0; i < count; ++i) out[i] += weight * in[i * step];
}

/// Adds one tap of one channel: `weight` times the input that `rows` x `columns` of the output
/// read.
void add_tap(const graph::LayerShape& shape, const Inside& rows, const Inside& columns,
             const std::int32_t* in, std::int32_t weight, std::int32_t* out) {
  if (columns.begin == columns.end) return;
  std::int64_t in_row = rows.input;
  for (std::int64_t row = rows.begin; row < rows.end; ++row, in_row += shape.stride.height)
    add_scaled(in + in_row * shape.input.width + columns.input, shape.stride.width, weight,
               columns.end - columns.begin, out + row * shape.output.width + columns.begin);
}

}  // namespace

void accumulate_depthwise(const graph::LayerShape& shape, const graph::Window& window,
                          std::span<const std::int32_t> activations,
                          std::span<const std::int32_t> weights, std::span<std::int32_t> out) {
  const graph::Padding padding = graph::resolved_padding(window, shape.input);
  const std::int64_t multiplier = shape.out_channels / shape.in_channels;
  const std::int64_t in_area = shape.input.height * shape.input.width;
  for (std::int64_t y = 0; y < shape.kernel.height; ++y)
    for (std::int64_t x = 0; x < shape.kernel.width; ++x) {
      const Inside rows =
          outputs_inside(y * window.dilation.height, padding.top, shape.stride.height,
                         shape.input.height, shape.output.height);
      const Inside columns =
          outputs_inside(x * window.dilation.width, padding.left, shape.stride.width,
                         shape.input.width, shape.output.width);
      const std::int64_t position = y * shape.kernel.width + x;
      for (std::int64_t channel = 0; channel < shape.out_channels; ++channel)
        add_tap(shape, rows, columns, activations.data() + channel / multiplier * in_area,
                weights[static_cast<std::size_t>(channel * shape.kernel_area() + position)],
                out.data() + channel * shape.output_pixels());
    }
}

}  // namespace bitloom::integer
