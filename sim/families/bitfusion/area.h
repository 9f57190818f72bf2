#pragma once

#include <cstdint>

namespace bitloom::hardware {

/// Of rtl/fusion_unit.sv with 32-bit sums, 8-bit units of 2-bit bricks, from
/// rtl/synthesis/area.csv (sim/kit/synthesis.h).
inline constexpr std::int64_t kFusionUnitLuts = 1307;
inline constexpr std::int64_t kFusionUnitFlipFlops = 64;
inline constexpr std::int64_t kBrickLuts = 7;

}  // namespace bitloom::hardware
