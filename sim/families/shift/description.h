#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "sim/kit/sourced_constant.h"

namespace bitloom::sim {
class Machine;
}

namespace bitloom::hardware {

/// Energy per action of shift hardware.
struct ShiftEnergy {
  std::string technology;
  SourcedConstant shift_add_pj;  // a unit at work, with its part of the column's adders
  SourcedConstant idle_unit_pj;
  SourcedConstant buffer_read_bit_pj, buffer_write_bit_pj;  // activations, weights and sums
  SourcedConstant dram_bit_pj;
  SourcedConstant static_mw;

  void show(FieldVisitor& visitor);
};

/// An array for weights that are powers of two, or in selected tiles the sum of two: `rows x
/// columns` units that shift an activation and add it (docs/reference/shift.md).
struct Shift {
  static constexpr std::string_view kFamily = "shift";

  std::string name;
  std::string description;

  std::int64_t rows = 0;     // lanes over what is summed
  std::int64_t columns = 0;  // lanes over filters
  std::int64_t weight_bits = 5;
  std::int64_t activation_bits = 8;
  std::int64_t accumulator_bits = 40;

  std::int64_t activation_bytes = 0;
  std::int64_t sums = 0;  // of a column, in each half
  std::int64_t activation_port_bits = 0;
  std::int64_t weight_port_bits = 0;
  std::int64_t result_port_bits = 0;
  double clock_mhz = 0;
  std::int64_t batch = 1;
  double selected_share = 0.15;       // Oh 2021, supplement, section 1
  std::int64_t result_dram_bits = 0;  // 0: as many as the layer's activations have

  ShiftEnergy energy;

  bool writes_back() const { return true; }
  Megahertz clock() const { return Megahertz(clock_mhz); }
  std::int64_t units() const { return rows * columns; }
  std::int64_t peak_bit_macs_per_cycle() const { return units() * weight_bits * activation_bits; }
  /// Bits that half the activation buffer holds.
  std::int64_t activation_half_bits() const { return activation_bytes * 8 / 2; }
  /// Bits of the weights' registers: two words for each unit, twice.
  std::int64_t weight_register_bits() const { return units() * weight_bits * 2 * 2; }
  /// Bits of all columns' sums, both halves.
  std::int64_t sum_bits() const { return columns * sums * accumulator_bits * 2; }

  void show(FieldVisitor& visitor);
  /// Refuses fields that do not go together, at their place in `document`.
  void check(const DocumentValue& document) const;
};

/// The machine that it describes.
std::unique_ptr<sim::Machine> machine_of(Shift description);

}  // namespace bitloom::hardware
