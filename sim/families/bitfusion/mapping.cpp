#include "sim/families/bitfusion/mapping.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::mapping::bitfusion {
namespace {

UserError refused(const graph::LayerShape& layer, graph::Precision precision,
                  const hardware::BitFusion& hw, const std::string& why) {
  return unsupported(fmt::format("layer '{}' at {} cannot be mapped onto {}: {}", layer.name,
                                 graph::to_text(precision), hw.name, why));
}

/// Whether no counter of any tiling can leave 64 bits. A power-of-two tile at most doubles a loop,
/// and padding adds less than the array's lanes.
bool countable(const LoopNest& nest, const hardware::BitFusion& hw) {
  constexpr double kMost = 4e18;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const double lanes = real(hw.rows * hw.unit_bits * hw.unit_bits);
  const double pixels = 8 * real(nest.batch) * real(nest.output.height) * real(nest.output.width);
  const double window = real(nest.kernel_area()) * 2 * real(nest.in_channels);
  const double columns = 2 * real(nest.out_channels) + real(hw.columns);
  const double inputs = 8 * real(nest.batch) * real(nest.output.height + nest.kernel.height) *
                        real(nest.stride.height) * real(nest.output.width + nest.kernel.width) *
                        real(nest.stride.width);
  const double words = std::max(pixels * (window + lanes), inputs * window) * columns;
  return words * 64 * 4 * real(nest.repeats) < kMost;
}

LoopNest nest_of(const graph::LayerShape& layer, graph::Precision precision,
                 const hardware::BitFusion& hw, std::int64_t batch) {
  LoopNest nest{.reduction = Reduction::kPositions,
                .kernel = layer.kernel,
                .stride = layer.stride,
                .input = layer.input,
                .output = layer.output,
                .in_channels = layer.in_channels,
                .out_channels = layer.out_channels,
                .batch = batch,
                .repeats = 1,
                .precision = precision};
  if (layer.kind == graph::LayerKind::kDepthwise && hw.oddities.depthwise_dense_rows > 0) {
    const std::int64_t channels = hw.oddities.depthwise_dense_rows *
                                  packing(precision.activation_bits, hw).packed *
                                  packing(precision.weight_bits, hw).packed;
    nest.repeats = ceil_div(layer.in_channels, channels);
    nest.in_channels = channels;
    nest.out_channels = channels * (layer.out_channels / layer.in_channels);
  } else if (layer.kind == graph::LayerKind::kDepthwise) {
    const bool proxy = hw.oddities.depthwise_proxy;
    nest.reduction = proxy ? Reduction::kWindow : Reduction::kChannel;
    if (proxy) nest.in_channels = 1;
  } else if (layer.kind == graph::LayerKind::kConvolution) {
    if (layer.reads_input) nest.reduction = Reduction::kWindow;
    nest.in_channels /= layer.groups;
    nest.out_channels /= layer.groups;
    nest.repeats = layer.groups;
  } else if (layer.kind == graph::LayerKind::kMatMul) {
    // Each image has its own second operand.
    nest.in_channels /= layer.groups;
    nest.out_channels /= layer.groups;
    nest.repeats = layer.groups * batch;
    nest.batch = 1;
  }
  return nest;
}

}  // namespace

Packing packing(int bits, const hardware::BitFusion& hw) {
  if (bits > hw.unit_bits) return {1, hw.composed_bits(bits) / hw.unit_bits};
  const std::int64_t width = hw.oddities.floor_packing ? std::max<std::int64_t>(bits, hw.brick_bits)
                                                       : hw.composed_bits(bits);
  return {hw.unit_bits / width, 1};
}

LoopNest loop_nest(const graph::LayerShape& layer, graph::Precision precision,
                   const hardware::BitFusion& hw, std::int64_t batch) {
  const int widest = std::max(precision.weight_bits, precision.activation_bits);
  if (widest > hw.operand_bits)
    throw refused(layer, precision, hw,
                  fmt::format("its bricks compose operands of at most {} bits "
                              "(array.operand_bits), not {}",
                              hw.operand_bits, widest));
  const LoopNest nest = nest_of(layer, precision, hw, batch);
  if (!countable(nest, hw))
    throw refused(layer, precision, hw, "it takes more cycles or bits than can be counted");
  return nest;
}

}  // namespace bitloom::mapping::bitfusion
