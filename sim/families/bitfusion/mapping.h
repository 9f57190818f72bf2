#pragma once

#include "models/graph/precision.h"
#include "sim/families/bitfusion/description.h"

namespace bitloom::mapping::bitfusion {

/// How the array sums up a pixel of an output channel.
enum class Reduction {
  kPositions,  // a kernel position at a time, lanes over input channels
  kWindow,     // im2col: lanes over the whole window, its input channels and positions together
  kChannel,    // depthwise: lanes over the window of the one input channel
};

/// A layer as loops over batch, output columns and rows, input and output channels. A kernel is
/// never tiled. With groups, the loops of one group, run `repeats` times.
struct LoopNest {
  Reduction reduction = Reduction::kPositions;
  graph::Extent kernel;
  graph::Extent stride;
  graph::Extent input;
  graph::Extent output;
  std::int64_t in_channels = 1;
  std::int64_t out_channels = 1;
  std::int64_t batch = 1;
  std::int64_t repeats = 1;
  graph::Precision precision;

  std::int64_t kernel_area() const { return kernel.height * kernel.width; }
};

/// `layer` for `batch` images. A UserError where the fusion units cannot compose its operands or
/// its counters could not be held in 64 bits.
LoopNest loop_nest(const graph::LayerShape& layer, graph::Precision precision,
                   const hardware::BitFusion& hardware, std::int64_t batch);

/// What a fusion unit does with operands of `bits`: `packed` side by side, or one in several
/// `cycles`.
struct Packing {
  std::int64_t packed = 1;
  std::int64_t cycles = 1;
};
Packing packing(int bits, const hardware::BitFusion& hardware);

}  // namespace bitloom::mapping::bitfusion
