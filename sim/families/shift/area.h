#pragma once

#include <cstdint>

#include "sim/families/shift/description.h"

namespace bitloom::hardware {

/// What a column of 16 units for activations of 8 bits, with one sum, takes: rtl/shift_column.sv,
/// from rtl/synthesis/area.csv (sim/kit/synthesis.h).
struct ShiftColumnArea {
  static constexpr std::int64_t kRows = 16, kActivationBits = 8;
  std::int64_t weight_bits;
  std::int64_t accumulator_bits;
  std::int64_t luts;
  std::int64_t flip_flops;
};
inline constexpr ShiftColumnArea kShiftColumnAreas[] = {
    {5, 40, 3090, 360}, {4, 32, 2169, 288}, {3, 32, 1342, 224}};

/// That of its columns; null where no such column was synthesized. Columns of other lengths take as
/// much for each unit.
inline const ShiftColumnArea* column_area(const Shift& hardware) {
  for (const ShiftColumnArea& area : kShiftColumnAreas)
    if (hardware.activation_bits == ShiftColumnArea::kActivationBits &&
        hardware.weight_bits == area.weight_bits &&
        hardware.accumulator_bits == area.accumulator_bits)
      return &area;
  return nullptr;
}

/// All units', of what a column takes.
inline double of_array(std::int64_t of_column, const Shift& hardware) {
  return static_cast<double>(hardware.units() * of_column) / ShiftColumnArea::kRows;
}

}  // namespace bitloom::hardware
