#pragma once

#include <cstdint>

namespace bitloom::hardware {

/// Least-squares fit of what synthesis reports of one dot-product unit (DPU) of rtl/dpu.sv.
struct DpuFit {
  double per_dk_bit;
  double per_accumulator_bit;
  double constant;
  double least_residual;  // measured - fitted, over the fitted grid
  double greatest_residual;

  constexpr double of(std::int64_t dk, std::int64_t accumulator_bits) const {
    return per_dk_bit * static_cast<double>(dk) +
           per_accumulator_bit * static_cast<double>(accumulator_bits) + constant;
  }
};

/// The table behind the fits: rtl/synthesis/area.csv, rows `dpu` of flow `xilinx` (synth_xilinx,
/// 7-series), dk from 8 to 256 bits, accumulators of 16 and 32. A test refits it.
inline constexpr DpuFit kDpuLuts{2.876, 5.375, -18.10, -22.0, 27.1};
inline constexpr DpuFit kDpuFlipFlops{0.0171, 2.000, 5.06, -1.2, 0.8};
inline constexpr std::int64_t kLeastFittedDk = 8;
inline constexpr std::int64_t kGreatestFittedDk = 256;

/// LUTs of a DPU by BISMO's cost model (Umuroglu et al., FPL 2018): 2.04 dk + 109.
constexpr double published_dpu_luts(std::int64_t dk) {
  return 2.04 * static_cast<double>(dk) + 109;
}

}  // namespace bitloom::hardware
