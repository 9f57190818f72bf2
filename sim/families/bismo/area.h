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
/// The same of rtl/scaled_dpu.sv, rows `scaled_dpu` with factors of 16 bits: what is not in a
/// DSP48E1.
inline constexpr DpuFit kScaledDpuLuts{2.920, 2.836, -11.11, -21.0, 15.1};
inline constexpr DpuFit kScaledDpuFlipFlops{0.0171, 1.000, 5.06, -1.2, 0.8};
inline constexpr std::int64_t kLeastFittedDk = 8;
inline constexpr std::int64_t kGreatestFittedDk = 256;

/// A DSP48E1 multiplies 25 x 18 bits: a sign and a factor of 24 with a count.
constexpr std::int64_t scaled_dpu_dsp_blocks(std::int64_t coefficient_bits) {
  constexpr std::int64_t kMostFactorBits = 24;
  return 2 * coefficient_bits <= kMostFactorBits ? 1 : 2;
}

/// Of a column's rtl/plane_factor.sv; Yosys makes products of up to 8 bits of LUTs.
constexpr std::int64_t plane_factor_dsp_blocks(std::int64_t coefficient_bits) {
  constexpr std::int64_t kMostOfLuts = 4;
  return coefficient_bits <= kMostOfLuts ? 0 : 1;
}

/// LUTs of a DPU by BISMO's cost model (Umuroglu et al., FPL 2018): 2.04 dk + 109.
constexpr double published_dpu_luts(std::int64_t dk) {
  return 2.04 * static_cast<double>(dk) + 109;
}

}  // namespace bitloom::hardware
