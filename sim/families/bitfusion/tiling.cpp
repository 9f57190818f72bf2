#include "sim/families/bitfusion/tiling.h"

#include <algorithm>

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

/// Input columns (or rows) under the windows of output columns, padding left out.
struct Windows {
  std::int64_t output, input, kernel, stride;

  std::int64_t covered(std::int64_t outputs) const { return kernel + (outputs - 1) * stride; }
  /// Under `outputs` from output `first` on.
  std::int64_t inside(std::int64_t first, std::int64_t outputs) const {
    const std::int64_t padding = std::max<std::int64_t>(0, covered(output) - input);
    const std::int64_t begin = first * stride - padding / 2;
    return std::max<std::int64_t>(
        1, std::min(begin + covered(outputs), input) - std::max<std::int64_t>(begin, 0));
  }
};

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

  Cut columns(std::int64_t tile) const { return side(column_windows(), tile); }
  Cut rows(std::int64_t tile) const { return side(row_windows(), tile); }

  Cut in(std::int64_t tile) const {
    const std::int64_t area = nest_.kernel_area();
    Cut cut = blank(in_bound(), tile);
    Span& activations = span(cut, Buffer::kActivations) = plain(cut, pixel_values());
    Span& weights = span(cut, Buffer::kWeights) = plain(cut, area);
    set_steps(cut, in_bound(), [&](auto channels) { return reduction_steps(channels); });
    hold(cut, weights, in_bound(), [&](auto channels) { return held_weights(channels); });
    if (pads_weights()) move_as_held(weights);
    if (odd_.held_as_run && nest_.reduction != Reduction::kChannel)
      hold(cut, activations, in_bound(),
           [&](auto channels) { return round_up(pixel_values() * channels, lanes_); });
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

  /// The tiles that `cut` of `loop` makes.
  std::vector<Part> parts(Loop loop, const Cut& cut) const {
    std::vector<Part> parts;
    for (std::int64_t begin = 0; begin < cut.trips * cut.tile; begin += cut.tile)
      parts.push_back(part(loop, cut, begin, size_of_tile(cut, bound(loop), begin)));
    return parts;
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

  bool pads_weights() const { return odd_.wgt_pad && nest_.reduction != Reduction::kChannel; }
  /// Activations of an input channel for one column and row: of the output where windows are laid
  /// out, else of the input.
  std::int64_t pixel_values() const { return expands_windows() ? nest_.kernel_area() : 1; }
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

  /// Of the tile that begins at `begin`; a ragged one may count as whole.
  std::int64_t size_of_tile(const Cut& cut, std::int64_t bound, std::int64_t begin) const {
    return odd_.ragged_full ? cut.tile : std::min(cut.tile, bound - begin);
  }
  /// The sum of `of(size)` over the tiles of a loop, whose last may be smaller.
  template <class Of>
  std::int64_t sum(const Cut& cut, std::int64_t bound, Of of) const {
    const std::int64_t last = size_of_tile(cut, bound, (cut.trips - 1) * cut.tile);
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

  std::int64_t outputs_of_an_input() const {
    return std::max<std::int64_t>(1, nest_.out_channels / nest_.in_channels);
  }
  /// The input channels of a depthwise layer's output channels.
  Span channels(const Cut& cut) const {
    const std::int64_t outputs_of_input = outputs_of_an_input();
    const std::int64_t tile = ceil_div(cut.tile, outputs_of_input);
    const std::int64_t all = ceil_div(cut.extent, outputs_of_input);
    return {tile, all, tile, all, outputs_of_input == 1 ? all : cut.trips * tile};
  }

  Cut side(const Windows& windows, std::int64_t tile) const {
    Cut cut = blank(windows.output, std::min(tile, windows.output));
    span(cut, Buffer::kOutputs) = plain(cut);
    span(cut, Buffer::kActivations) = expands_windows() ? plain(cut) : under(windows, cut);
    return cut;
  }
  Windows column_windows() const {
    return {nest_.output.width, nest_.input.width, nest_.kernel.width, nest_.stride.width};
  }
  Windows row_windows() const {
    return {nest_.output.height, nest_.input.height, nest_.kernel.height, nest_.stride.height};
  }

  /// Input columns or rows under the windows of a tile.
  Span under(const Windows& windows, const Cut& cut) const {
    const auto covered = [&](auto part) { return windows.covered(part); };
    if (odd_.halo_full) {
      const std::int64_t tile = covered(cut.tile), all = sum(cut, windows.output, covered);
      return {tile, all, tile, all, all};
    }
    std::int64_t streamed = 0;
    for (std::int64_t i = 0; i < cut.trips; ++i)
      streamed += windows.inside(i * cut.tile, size_of_tile(cut, windows.output, i * cut.tile));
    const std::int64_t all = windows.inside(0, windows.output);
    return {std::min(covered(cut.tile), windows.input), all, windows.inside(0, cut.tile), all,
            streamed};
  }

  std::int64_t bound(Loop loop) const {
    const std::int64_t bounds[] = {nest_.batch, nest_.output.width, nest_.output.height, in_bound(),
                                   nest_.out_channels};
    return bounds[index(loop)];
  }

  Part part(Loop loop, const Cut& cut, std::int64_t begin, std::int64_t size) const {
    Part part;
    const auto move = [&](Buffer buffer, std::int64_t elements) {
      part.resident[index(buffer)] = part.streamed[index(buffer)] = elements;
    };
    part.steps = size;
    const std::int64_t area = nest_.kernel_area();
    if (loop == Loop::kIn) {
      part.steps = reduction_steps(size);
      move(Buffer::kActivations, size * pixel_values());
      move(Buffer::kWeights, pads_weights() ? held_weights(size) : area * size);
      return part;
    }
    move(Buffer::kOutputs, size);
    if (loop == Loop::kOut) {
      part.steps = ceil_div(size, columns_at_once());
      move(Buffer::kWeights, size);
      if (odd_.out_pad) move(Buffer::kOutputs, part.steps * hw_.columns);
      if (nest_.reduction == Reduction::kChannel) set_channels(part, cut, begin, size);
      return part;
    }
    move(Buffer::kActivations, size);
    if (loop != Loop::kBatch && !expands_windows())
      set_windows(part, loop == Loop::kColumn ? column_windows() : row_windows(), begin, size);
    return part;
  }
  void set_windows(Part& part, const Windows& windows, std::int64_t begin,
                   std::int64_t size) const {
    std::int64_t& resident = part.resident[index(Buffer::kActivations)];
    std::int64_t& streamed = part.streamed[index(Buffer::kActivations)];
    if (odd_.halo_full) {
      resident = streamed = windows.covered(size);
      return;
    }
    streamed = windows.inside(begin, size);
    resident = windows.inside(0, std::min(begin + size, windows.output)) -
               (begin == 0 ? 0 : windows.inside(0, begin));
  }
  void set_channels(Part& part, const Cut& cut, std::int64_t begin, std::int64_t size) const {
    const std::int64_t outputs_of_input = outputs_of_an_input();
    part.resident[index(Buffer::kActivations)] =
        ceil_div(begin + size, outputs_of_input) - ceil_div(begin, outputs_of_input);
    part.streamed[index(Buffer::kActivations)] =
        outputs_of_input == 1 ? size : ceil_div(cut.tile, outputs_of_input);
  }

  const LoopNest& nest_;
  const BitFusion& hw_;
  const hardware::BitFusionOddities& odd_;
  std::int64_t packed_;
  std::int64_t lanes_;
  DepthwiseLanes depthwise_;
};

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
    cuts.columns.push_back(cutter.columns(tile));
    cuts.rows.push_back(cutter.rows(tile));
  }
  for (const std::int64_t tile : tile_sizes(cutter.in_bound())) cuts.in.push_back(cutter.in(tile));
  for (const std::int64_t tile : cutter.out_tiles()) cuts.out.push_back(cutter.out(tile));
  return cuts;
}

Tiling cut(const LoopNest& nest, const BitFusion& hw, const PerLoop<std::int64_t>& tile) {
  const Cutter cutter(nest, hw);
  return {cutter.batch(tile[index(Loop::kBatch)]), cutter.columns(tile[index(Loop::kColumn)]),
          cutter.rows(tile[index(Loop::kRow)]), cutter.in(tile[index(Loop::kIn)]),
          cutter.out(tile[index(Loop::kOut)])};
}

PerLoop<std::vector<Part>> parts_of(const LoopNest& nest, const BitFusion& hw,
                                    const PerLoop<std::int64_t>& tile) {
  const Cutter cutter(nest, hw);
  const Tiling cuts = cut(nest, hw, tile);
  PerLoop<std::vector<Part>> parts;
  for (std::size_t loop = 0; loop < kLoops; ++loop)
    parts[loop] = cutter.parts(Loop(loop), cuts[loop]);
  return parts;
}

}  // namespace bitloom::mapping::bitfusion
