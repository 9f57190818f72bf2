#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace bitloom::verify {

/// Parameters of a column (rtl/shift_column.sv).
struct ShiftColumnSize {
  int rows = 16;
  int activation_bits = 8;
  int exponent_bits = 4;
  int accumulator_bits = 40;
  int sums = 256;
};

/// What a column takes in a cycle. A word is its exponent, with the sign above its bits.
struct ShiftInputs {
  bool load = false, swap = false;
  std::span<const std::uint32_t> first_words = {}, second_words = {};  // with `load`
  bool enable = false;
  bool second = false, clear = false;
  bool activation_signed = false;
  int pixel = 0;
  std::span<const std::int32_t> activations = {};  // with `enable`
};

/// A column of shift units with its sums, Verilated.
class ShiftColumn {
 public:
  virtual ~ShiftColumn() = default;
  virtual ShiftColumnSize size() const = 0;
  virtual void clock(const ShiftInputs& inputs) = 0;
  virtual std::uint64_t sum(int pixel) = 0;
};

/// The column of `shift-edge`, as rtl/ has it.
std::unique_ptr<ShiftColumn> make_shift_column();

}  // namespace bitloom::verify
