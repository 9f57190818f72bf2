#include "sim/mapping/bitfusion/tiling.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::mapping::bitfusion {
namespace {

using hardware::BitFusion;

std::int64_t round_up(std::int64_t value, std::int64_t step) {
  return ceil_div(value, step) * step;
}

/// step, 2 step, 4 step, ... and at last the bound itself.
std::vector<std::int64_t> tile_sizes(std::int64_t bound, std::int64_t step = 1) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = step; size < bound; size *= 2) sizes.push_back(size);
  sizes.push_back(bound);
  return sizes;
}

/// Channels that a depthwise layer computes at once, each on its own column and some rows of its
/// own: a row's activation passes every column, so that two channels cannot share it.
struct DepthwiseLanes {
  std::int64_t channels = 1;
  std::int64_t lanes = 1;  // products of a channel's window in a step
};

DepthwiseLanes depthwise_lanes(const LoopNest& nest, const BitFusion& hw, std::int64_t packed) {
  DepthwiseLanes best;
  std::int64_t least = 0;
  for (std::int64_t channels = std::min(hw.rows, hw.columns); channels >= 1; --channels) {
    const std::int64_t lanes = hw.rows / channels * packed;
    const std::int64_t steps =
        ceil_div(nest.out_channels, channels) * ceil_div(nest.kernel_area(), lanes);
    if (least == 0 || steps < least) {
      least = steps;
      best = {channels, lanes};
    }
  }
  return best;
}

/// Makes the cuts of one nest on one machine.
class Cutter {
 public:
  Cutter(const LoopNest& nest, const BitFusion& hw)
      : nest_(nest),
        hw_(hw),
        odd_(hw.oddities),
        packed_(packing(nest.precision.activation_bits, hw).packed *
                packing(nest.precision.weight_bits, hw).packed),
        lanes_(hw.rows * packed_),
        depthwise_(depthwise_lanes(nest, hw, packed_)) {}

  Cut batch(std::int64_t tile) const {
    Cut cut = blank(nest_.batch, tile);
    span(cut, Buffer::kActivations) = plain(cut);
    span(cut, Buffer::kOutputs) = plain(cut);
    return cut;
  }

  Cut side(std::int64_t output, std::int64_t input, std::int64_t kernel, std::int64_t stride,
           std::int64_t tile) const {
    Cut cut = blank(output, std::min(tile, output));
    span(cut, Buffer::kOutputs) = plain(cut);
    span(cut, Buffer::kActivations) =
        expands_windows() ? plain(cut) : windows(cut, output, input, kernel, stride);
    return cut;
  }

  Cut in(std::int64_t tile) const {
    const std::int64_t area = nest_.kernel_area();
    Cut cut = blank(in_bound(), tile);
    span(cut, Buffer::kActivations) = plain(cut, expands_windows() ? area : 1);
    Span& weights = span(cut, Buffer::kWeights) = plain(cut, area);
    set_steps(cut, in_bound(), [&](auto channels) { return reduction_steps(channels); });
    hold(cut, weights, in_bound(), [&](auto channels) { return held_weights(channels); });
    if (odd_.wgt_pad && nest_.reduction != Reduction::kChannel) move_as_held(weights);
    return cut;
  }

  Cut out(std::int64_t tile) const {
    const std::int64_t bound = nest_.out_channels;
    const std::int64_t at_once = columns_at_once();
    Cut cut = blank(bound, tile);
    set_steps(cut, bound, [&](auto part) { return ceil_div(part, at_once); });
    Span& weights = span(cut, Buffer::kWeights) = plain(cut);
    Span& outputs = span(cut, Buffer::kOutputs) = plain(cut);
    const auto columns = [&](auto part) { return ceil_div(part, at_once) * hw_.columns; };
    if (nest_.reduction == Reduction::kChannel) {
      hold(cut, weights, bound, [&](auto part) { return ceil_div(part, at_once) * hw_.units(); });
      span(cut, Buffer::kActivations) = channels(cut);
    } else if (!odd_.wgt_pad) {
      hold(cut, weights, bound, columns);
    }
    hold(cut, outputs, bound, columns);
    if (odd_.out_pad) move_as_held(outputs);
    return cut;
  }

  std::vector<std::int64_t> out_tiles() const {
    return tile_sizes(nest_.out_channels,
                      nest_.reduction == Reduction::kWindow ? 1 : columns_at_once());
  }
  std::int64_t in_bound() const {
    return nest_.reduction == Reduction::kChannel ? 1 : nest_.in_channels;
  }

 private:
  static Span& span(Cut& cut, Buffer buffer) { return cut.spans[index(buffer)]; }

  bool expands_windows() const {
    return nest_.reduction == Reduction::kWindow && odd_.windows_expanded;
  }
  /// Steps in which the array sums up a pixel over a tile's input channels.
  std::int64_t reduction_steps(std::int64_t channels) const {
    const std::int64_t area = nest_.kernel_area();
    switch (nest_.reduction) {
      case Reduction::kPositions:
        return area * ceil_div(channels, lanes_);
      case Reduction::kWindow:
        return ceil_div(area * channels, lanes_);
      case Reduction::kChannel:
        return ceil_div(area, depthwise_.lanes);
    }
    return 0;
  }
  /// Room for an output channel's weights of a tile, in elements.
  std::int64_t held_weights(std::int64_t channels) const {
    const std::int64_t area = nest_.kernel_area();
    if (nest_.reduction == Reduction::kChannel) return reduction_steps(channels) * packed_;
    return nest_.reduction == Reduction::kPositions && !odd_.wgt_pad
               ? area * round_up(channels, lanes_)
               : round_up(area * channels, lanes_);
  }
  std::int64_t columns_at_once() const {
    return nest_.reduction == Reduction::kChannel ? depthwise_.channels : hw_.columns;
  }

  Cut blank(std::int64_t bound, std::int64_t tile) const {
    Cut cut;
    cut.tile = tile;
    cut.trips = ceil_div(bound, tile);
    cut.extent = sum(cut, bound, [](auto part) { return part; });
    cut.steps = cut.extent;
    cut.tile_steps = tile;
    return cut;
  }

  /// The sum of `of(size)` over the tiles of a loop, whose last may be smaller.
  template <class Of>
  std::int64_t sum(const Cut& cut, std::int64_t bound, Of of) const {
    const std::int64_t last = odd_.ragged_full ? cut.tile : bound - (cut.trips - 1) * cut.tile;
    return (cut.trips - 1) * of(cut.tile) + of(last);
  }
  template <class Of>
  void set_steps(Cut& cut, std::int64_t bound, Of of) const {
    cut.steps = sum(cut, bound, of);
    cut.tile_steps = of(cut.tile);
  }
  template <class Of>
  void hold(const Cut& cut, Span& span, std::int64_t bound, Of of) const {
    span.held_tile = of(cut.tile);
    span.held_all = sum(cut, bound, of);
  }
  static void move_as_held(Span& span) {
    span.moved_tile = span.held_tile;
    span.moved_resident = span.moved_streamed = span.held_all;
  }

  /// Every element of the loop once.
  static Span plain(const Cut& cut, std::int64_t each = 1) {
    const std::int64_t tile = each * cut.tile, all = each * cut.extent;
    return {tile, all, tile, all, all};
  }

  /// The input channels of a depthwise layer's output channels.
  Span channels(const Cut& cut) const {
    const std::int64_t outputs_of_input =
        std::max<std::int64_t>(1, nest_.out_channels / nest_.in_channels);
    const std::int64_t tile = ceil_div(cut.tile, outputs_of_input);
    const std::int64_t all = ceil_div(cut.extent, outputs_of_input);
    return {tile, all, tile, all, outputs_of_input == 1 ? all : cut.trips * tile};
  }

  /// Input columns or rows under the windows of a tile.
  Span windows(const Cut& cut, std::int64_t output, std::int64_t input, std::int64_t kernel,
               std::int64_t stride) const {
    const auto covered = [&](std::int64_t part) { return kernel + (part - 1) * stride; };
    if (odd_.halo_full) {
      const std::int64_t tile = covered(cut.tile), all = sum(cut, output, covered);
      return {tile, all, tile, all, all};
    }
    const std::int64_t padding = std::max<std::int64_t>(0, covered(output) - input);
    const auto inside = [&](std::int64_t begin, std::int64_t length) {
      return std::max<std::int64_t>(
          1, std::min(begin + length, input) - std::max<std::int64_t>(begin, 0));
    };
    std::int64_t streamed = 0;
    for (std::int64_t i = 0; i < cut.trips; ++i) {
      const std::int64_t part =
          odd_.ragged_full ? cut.tile : std::min(cut.tile, output - i * cut.tile);
      streamed += inside(i * cut.tile * stride - padding / 2, covered(part));
    }
    const std::int64_t all = inside(-(padding / 2), covered(output));
    return {std::min(covered(cut.tile), input), all, inside(-(padding / 2), covered(cut.tile)), all,
            streamed};
  }

  const LoopNest& nest_;
  const BitFusion& hw_;
  const hardware::BitFusionOddities& odd_;
  std::int64_t packed_;
  std::int64_t lanes_;
  DepthwiseLanes depthwise_;
};

const char* name_of(Buffer buffer) {
  switch (buffer) {
    case Buffer::kWeights:
      return "weight";
    case Buffer::kActivations:
      return "activation";
    case Buffer::kOutputs:
      return "output";
  }
  return "";
}

}  // namespace

std::string_view to_text(Loop loop) {
  constexpr std::string_view kNames[] = {"batch", "x", "y", "in", "out"};
  return kNames[index(loop)];
}

bool depends(Buffer buffer, Loop loop, Reduction reduction) {
  const bool over_pixels = loop == Loop::kBatch || loop == Loop::kColumn || loop == Loop::kRow;
  switch (buffer) {
    case Buffer::kWeights:
      return !over_pixels;
    case Buffer::kActivations:
      return over_pixels || loop == Loop::kIn || reduction == Reduction::kChannel;
    case Buffer::kOutputs:
      return over_pixels || loop == Loop::kOut;
  }
  return false;
}

Cuts cuts_of(const LoopNest& nest, const BitFusion& hw) {
  const Cutter cutter(nest, hw);
  Cuts cuts;
  for (const std::int64_t tile : tile_sizes(nest.batch)) cuts.batch.push_back(cutter.batch(tile));
  for (const std::int64_t tile : tile_sizes(std::max(nest.output.height, nest.output.width))) {
    cuts.columns.push_back(cutter.side(nest.output.width, nest.input.width, nest.kernel.width,
                                       nest.stride.width, tile));
    cuts.rows.push_back(cutter.side(nest.output.height, nest.input.height, nest.kernel.height,
                                    nest.stride.height, tile));
  }
  for (const std::int64_t tile : tile_sizes(cutter.in_bound())) cuts.in.push_back(cutter.in(tile));
  for (const std::int64_t tile : cutter.out_tiles()) cuts.out.push_back(cutter.out(tile));
  return cuts;
}

PerBuffer<std::int64_t> element_bits(const LoopNest& nest) {
  return {nest.precision.weight_bits, nest.precision.activation_bits, BitFusion::kAccumulatorBits};
}

PerBuffer<std::int64_t> capacity_bits(const BitFusion& hw) {
  constexpr std::int64_t kBitsOfHalf = 4;  // of a byte: the other half is being filled
  return {kBitsOfHalf * hw.weight_bytes, kBitsOfHalf * hw.activation_bytes,
          kBitsOfHalf * hw.output_bytes};
}

void require_some_tile_fits(const graph::LayerShape& layer, const LoopNest& nest, const Cuts& cuts,
                            const BitFusion& hw) {
  const PerLoop<const Cut*> smallest{&cuts.batch.front(), &cuts.columns.front(), &cuts.rows.front(),
                                     &cuts.in.front(), &cuts.out.front()};
  for (const Buffer buffer : {Buffer::kWeights, Buffer::kActivations, Buffer::kOutputs}) {
    std::int64_t bits = element_bits(nest)[index(buffer)];
    for (const Cut* cut : smallest) bits *= cut->spans[index(buffer)].held_tile;
    const std::int64_t capacity = capacity_bits(hw)[index(buffer)];
    if (bits > capacity)
      throw UserError(fmt::format(
          "layer '{}' at {} cannot be mapped onto {}: its smallest tile takes {} bits of the {} "
          "scratchpad, half of which holds {} (scratchpads.{}_bytes)",
          layer.name, graph::to_text(nest.precision), hw.name, bits, name_of(buffer), capacity,
          name_of(buffer)));
  }
}

}  // namespace bitloom::mapping::bitfusion
