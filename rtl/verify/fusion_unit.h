#pragma once

#include <cstdint>
#include <memory>

namespace bitloom::verify {

/// What a fusion unit takes in a cycle (rtl/fusion_unit.sv).
struct FusionInputs {
  int activation_mode = 0, weight_mode = 0;  // 0, 1, 2: operands of 2, 4, 8 bits; 3: halves of 16
  bool activation_signed = false, weight_signed = false;
  bool activation_high = false, weight_high = false;
  std::uint32_t activations = 0, weights = 0;
  std::uint32_t sum = 0;
};

/// A fusion unit of 16 two-bit bricks and 32-bit sums, Verilated.
class FusionUnit {
 public:
  virtual ~FusionUnit() = default;
  /// A cycle; the sum that leaves it.
  virtual std::uint32_t clock(const FusionInputs& inputs) = 0;
};

/// The unit as rtl/ has it.
std::unique_ptr<FusionUnit> make_fusion_unit();

}  // namespace bitloom::verify
