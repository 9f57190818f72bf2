#pragma once

#include "sim/families/bitfusion/price.h"
#include "sim/families/bitfusion/tile_program.h"

namespace bitloom::analytic::bitfusion {

/// The tiling and loop order of a layer, and what they cost.
struct Mapping {
  PerLoop<std::int64_t> tile{};
  PerLoop<std::int64_t> trips{};
  LoopOrder order{};
  Dataflow dataflow{};
  PerBuffer<Fetch> fetches;
  PerBuffer<std::int64_t> held_bits{};  // of a tile in half a scratchpad

  // Of all groups:
  std::int64_t cycles = 0;
  std::int64_t compute_cycles = 0;
  std::int64_t port_cycles = 0;  // overlapping with the array
  std::int64_t latency_cycles = 0;
  std::int64_t late_cycles = 0;  // that the longer of array and port waits for blocks
  Traffic traffic;
  EnergyParts energy;

  // How it was found:
  std::int64_t tilings = 0;
  std::int64_t fitting = 0;
  std::int64_t priced = 0;  // of the fitting ones; the others cannot win

  std::int64_t memory_wait_cycles() const { return cycles - compute_cycles; }
  mapping::bitfusion::Plan plan() const { return {tile, order}; }
};

/// Of the mappings that take at most `mapping_slack_pct` more than the least cycles, the one of
/// least energy (without leakage), of these the one of fewest cycles, of these of fewest tiles, of
/// these the first in the order of tiles (batch, side, in, out, ascending) and loop orders. A
/// UserError where no tile fits. Skips what cannot win; `exhaustive` prices every tiling in all 120
/// orders, for tests.
Mapping search(const graph::LayerShape& layer, const LoopNest& nest,
               const hardware::BitFusion& hardware, bool exhaustive = false);

/// The same mapping when another engine has found that it takes `cycles`.
Mapping retimed(const Mapping& mapping, std::int64_t cycles, const hardware::BitFusion& hardware);

}  // namespace bitloom::analytic::bitfusion
