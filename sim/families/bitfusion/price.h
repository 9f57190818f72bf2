#pragma once

#include "base/quantity.h"
#include "sim/families/bitfusion/blockwise.h"

namespace bitloom::analytic::bitfusion {

/// Which operand stays in the array while the others pass.
enum class Dataflow { kInputStationary, kOutputStationary, kWeightStationary };

/// Bits that the scratchpads and the DRAM port move.
struct Traffic {
  Bits wbuf_read, wbuf_write, ibuf_read, ibuf_write, obuf_read, obuf_write, dram_read, dram_write;

  friend Traffic operator*(std::int64_t times, const Traffic& t) {
    return {times * t.wbuf_read, times * t.wbuf_write, times * t.ibuf_read, times * t.ibuf_write,
            times * t.obuf_read, times * t.obuf_write, times * t.dram_read, times * t.dram_write};
  }
};

/// What a tiling costs whatever its loop order.
struct TilingCost {
  std::int64_t compute = 0;
  std::int64_t first_latency = 0;  // cycles to fetch a first and to drain a last tile
  std::int64_t least_cycles = 0;   // no loop order takes fewer
};

/// What a tiling costs in one loop order.
struct OrderCost : Moves {
  std::int64_t port_cycles = 0;  // moving what can overlap with the array
  std::int64_t latency = 0;
  std::int64_t late = 0;  // that the longer of array and port waits for blocks
  std::int64_t cycles = 0;
};

struct EnergyParts {
  Picojoules core, sram, dram;
  Picojoules total;  // its nine terms added up in the published order, without leakage

  friend EnergyParts operator*(double times, const EnergyParts& e) {
    return {times * e.core, times * e.sram, times * e.dram, times * e.total};
  }
};

/// Prices tilings of one nest on one machine by the rules of docs/reference/bitfusion.md. `Pricer`
/// refers to both.
class Pricer {
 public:
  Pricer(const LoopNest& nest, const hardware::BitFusion& hardware);

  /// Whether a tile fits half of every scratchpad.
  bool fits(const CutTiling& tiling) const;
  TilingCost cost(const CutTiling& tiling) const;
  OrderCost cost(const CutTiling& tiling, const TilingCost& tile, const LoopOrder& order) const;
  /// What no loop order of the tiling goes below.
  Picojoules least_energy(const CutTiling& tiling, const TilingCost& tile) const;

  Dataflow dataflow(const CutTiling& tiling) const;
  Traffic traffic(const CutTiling& tiling, const OrderCost& order) const;
  EnergyParts energy(const TilingCost& tile, std::int64_t cycles, const Traffic& traffic) const;
  /// Of `repeats` nests: `compute` of all `cycles`, and the traffic.
  EnergyParts energy(std::int64_t repeats, std::int64_t compute, std::int64_t cycles,
                     const Traffic& traffic) const;

 private:
  struct ArrayTraffic {
    std::int64_t activations, weights, sums_read, sums_written;  // bits
  };
  ArrayTraffic array_traffic(const CutTiling& tiling, Dataflow dataflow) const;
  double array_energy(const ArrayTraffic& traffic) const;
  Dataflow published_dataflow(const CutTiling& tiling) const;
  Fetch fetch(mapping::bitfusion::Buffer buffer, const CutTiling& tiling,
              const LoopOrder& order) const;
  std::int64_t beats(const OrderCost& cost) const;
  std::int64_t port_cycles(const OrderCost& cost, std::int64_t in, std::int64_t ends) const;

  const LoopNest& nest_;
  const hardware::BitFusion& hw_;
  BlockTraits traits_;
  std::int64_t lanes_;
};

}  // namespace bitloom::analytic::bitfusion
