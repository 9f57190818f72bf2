#include "rtl/verify/lowering.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::verify {
namespace {

using graph::LayerKind;

/// Writes the windows of `channels` consecutive input channels of one image into columns
/// first_column..., in the order channel, kernel row, kernel column.
void put_windows(const Workload& w, std::int64_t image, std::int64_t first_channel,
                 std::int64_t channels, std::int64_t first_column, BitPlanes& planes) {
  const graph::LayerShape& l = w.layer;
  for (std::int64_t y = 0; y < l.output.height; ++y)
    for (std::int64_t x = 0; x < l.output.width; ++x) {
      const std::int64_t pixel = y * l.output.width + x;
      std::int64_t column = first_column;
      for (std::int64_t c = first_channel; c < first_channel + channels; ++c)
        for (std::int64_t ky = 0; ky < l.kernel.height; ++ky) {
          const std::int64_t iy = y * l.stride.height + ky - w.padding.height;
          for (std::int64_t kx = 0; kx < l.kernel.width; ++kx, ++column) {
            const std::int64_t ix = x * l.stride.width + kx - w.padding.width;
            if (iy < 0 || iy >= l.input.height || ix < 0 || ix >= l.input.width) continue;
            const std::int64_t input =
                ((image * l.in_channels + c) * l.input.height + iy) * l.input.width + ix;
            planes.set(pixel, column,
                       static_cast<std::uint32_t>(w.activations[static_cast<std::size_t>(input)]));
          }
        }
    }
}

/// Writes the kernels of `count` consecutive output channels into rows first_row..., columns
/// first_column...
void put_kernels(const Workload& w, std::int64_t first_output, std::int64_t count,
                 std::int64_t first_row, std::int64_t first_column, BitPlanes& planes) {
  const std::int64_t length = w.layer.reduction();
  for (std::int64_t o = 0; o < count; ++o)
    for (std::int64_t k = 0; k < length; ++k)
      planes.set(first_row + o, first_column + k,
                 weight_pattern(w, (first_output + o) * length + k));
}

}  // namespace

void refuse_unsupported(const Workload& w) {
  if (w.layer.kind == LayerKind::kDepthwise && w.weight_coding == WeightCoding::kBipolar &&
      w.batch > 1)
    throw unsupported(
        fmt::format("layer '{}': bipolar weights of a depthwise layer need batch 1, got "
                    "{}: images share a word, and -1 and +1 leave no zero between them",
                    w.layer.name, w.batch));
}

GemmOperands gemm_operands(const Workload& w, const mapping::Gemm& gemm, std::int64_t index) {
  const graph::LayerShape& l = w.layer;
  GemmOperands operands{{gemm.pixels, gemm.reduction, w.precision.activation_bits},
                        {gemm.channels, gemm.reduction, w.precision.weight_bits}};
  if (l.kind == LayerKind::kLinear) {
    const std::int64_t rows = l.output_pixels();
    for (std::int64_t p = 0; p < gemm.pixels; ++p)
      for (std::int64_t k = 0; k < gemm.reduction; ++k) {
        const std::int64_t at = (p / rows * gemm.reduction + k) * rows + p % rows;
        operands.activations.set(
            p, k, static_cast<std::uint32_t>(w.activations[static_cast<std::size_t>(at)]));
      }
    put_kernels(w, 0, gemm.channels, 0, 0, operands.weights);
  } else if (l.kind == LayerKind::kDepthwise) {
    const std::int64_t multiplier = l.out_channels / l.in_channels;
    for (std::int64_t n = 0; n < w.batch; ++n) {
      put_windows(w, n, index, 1, n * l.kernel_area(), operands.activations);
      put_kernels(w, index * multiplier, multiplier, n * multiplier, n * l.kernel_area(),
                  operands.weights);
    }
  } else {
    const std::int64_t channels = l.in_channels / l.groups;
    const std::int64_t group = index % l.groups;
    put_windows(w, index / l.groups, group * channels, channels, 0, operands.activations);
    put_kernels(w, group * gemm.channels, gemm.channels, 0, 0, operands.weights);
  }
  return operands;
}

std::int64_t output_index(const Workload& w, std::int64_t index, std::int64_t pixel,
                          std::int64_t column) {
  const graph::LayerShape& l = w.layer;
  std::int64_t image = index / l.groups;
  std::int64_t output = index % l.groups * (l.out_channels / l.groups) + column;
  if (l.kind == LayerKind::kLinear) {
    const std::int64_t rows = l.output_pixels();
    return (pixel / rows * l.out_channels + column) * rows + pixel % rows;
  }
  if (l.kind == LayerKind::kDepthwise) {
    const std::int64_t multiplier = l.out_channels / l.in_channels;
    image = column / multiplier;
    output = index * multiplier + column % multiplier;
  }
  return (image * l.out_channels + output) * l.output_pixels() + pixel;
}

OutputPlace output_place(const graph::LayerShape& layer, std::int64_t index) {
  const std::int64_t pixel = index % layer.output_pixels();
  const std::int64_t plane = index / layer.output_pixels();
  return {.image = plane / layer.out_channels,
          .channel = plane % layer.out_channels,
          .row = pixel / layer.output.width,
          .column = pixel % layer.output.width};
}

}  // namespace bitloom::verify
