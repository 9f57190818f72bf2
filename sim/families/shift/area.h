#pragma once

#include <cstdint>

#include "sim/families/shift/description.h"

namespace bitloom::hardware {

/// Of rtl/shift_column.sv with 16 units, words of 5 bits, activations of 8 and one sum of 40, from
/// rtl/synthesis/area.csv (sim/kit/synthesis.h).
inline constexpr std::int64_t kShiftColumnRows = 16;
inline constexpr std::int64_t kShiftColumnLuts = 3090;
inline constexpr std::int64_t kShiftColumnFlipFlops = 360;

/// Whether its units are those of the RTL.
inline bool has_rtl(const Shift& hardware) {
  return hardware.weight_bits == 5 && hardware.activation_bits == 8 &&
         hardware.accumulator_bits == 40;
}

/// Columns of other lengths take as much for each unit.
inline double array_luts(const Shift& hardware) {
  return static_cast<double>(hardware.units() * kShiftColumnLuts) / kShiftColumnRows;
}
inline double array_flip_flops(const Shift& hardware) {
  return static_cast<double>(hardware.units() * kShiftColumnFlipFlops) / kShiftColumnRows;
}

}  // namespace bitloom::hardware
