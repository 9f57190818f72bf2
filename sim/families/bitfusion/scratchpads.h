#pragma once

#include "sim/families/bitfusion/tiling.h"

namespace bitloom::mapping::bitfusion {

/// Bits of an element of each buffer: over the port, and in its scratchpad; and bits that half of
/// the scratchpad holds.
PerBuffer<std::int64_t> element_bits(const LoopNest& nest);
PerBuffer<std::int64_t> held_element_bits(const LoopNest& nest,
                                          const hardware::BitFusion& hardware);
PerBuffer<std::int64_t> capacity_bits(const hardware::BitFusion& hardware);
/// The same in elements.
PerBuffer<std::int64_t> capacity(const LoopNest& nest, const hardware::BitFusion& hardware);

/// A UserError that names a scratchpad which the smallest tile does not fit.
void require_some_tile_fits(const graph::LayerShape& layer, const LoopNest& nest, const Cuts& cuts,
                            const hardware::BitFusion& hardware);

}  // namespace bitloom::mapping::bitfusion
