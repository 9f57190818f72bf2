#pragma once

#include <cstdint>

#include "sim/families/bitfusion/description.h"

namespace bitloom::hardware {

/// Of rtl/fusion_unit.sv with 32-bit sums, 8-bit units of 2-bit bricks, from
/// rtl/synthesis/area.csv (sim/kit/synthesis.h).
inline constexpr std::int64_t kFusionUnitLuts = 1307;
inline constexpr std::int64_t kFusionUnitFlipFlops = 64;
inline constexpr std::int64_t kBrickLuts = 7;

/// Whether its fusion units are those of the RTL.
inline bool has_rtl(const BitFusion& hardware) {
  return hardware.unit_bits == 8 && hardware.brick_bits == 2;
}

}  // namespace bitloom::hardware
