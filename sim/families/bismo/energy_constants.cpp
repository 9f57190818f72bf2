#include "sim/families/bismo/energy_constants.h"

#include <fmt/format.h>

#include "sim/families/bismo/area.h"

namespace bitloom::hardware {
// A 28 nm device with DDR3; docs/reference/energy.md derives each figure.
BismoEnergy::BismoEnergy()
    : popcount_bit_pj{0.45,
                      "assumption: Shang et al. FPGA 2002 logic energy per LUT scaled to 28 nm, "
                      "2.04 LUT per bit (BISMO), activity factor 3.58 assumed; bounds 0.037 to "
                      "1.36",
                      0.037, 1.36},
      accumulate_pj{6.7,
                    "Shang et al. FPGA 2002 logic energy per LUT scaled to 28 nm x 109 LUT per DPU "
                    "(BISMO's cost model)"},
      multiply_pj{default_multiply_pj(6.7)},
      buffer_read_bit_pj{
          0.090,
          "Horowitz ISSCC 2014: 8 KB access of 64 bits 10 pJ at 45 nm, x sqrt(4.5/8) "
          "for a 4.5 KB block, x 0.768 for 28 nm"},
      buffer_write_bit_pj{
          0.090, "assumption: equal to a read; Horowitz ISSCC 2014 gives one access energy"},
      dram_bit_pj{
          26.1,
          "DDR3-1600 x16 data sheet currents (as in DRAMPower's memspec): 1.5 V (IDD4R-IDD3N) "
          "/ 25.6 Gb/s = 13.2, activate 0.3, interface 12.6"},
      idle_dpu_pj{
          5.4,
          "Shang et al. FPGA 2002: clocking is 14 % of logic energy, x 631 LUT per DPU of 256 "
          "bits (BISMO's cost model)"},
      static_mw{
          113,
          "Vivado power report of an XC7Z020 at 28 C junction (cva6-softcore-contest README)"} {}

SourcedConstant BismoEnergy::default_idle_dpu_pj(std::int64_t dk) {
  constexpr std::int64_t kPublishedDk = 256;
  const double ratio = published_dpu_luts(dk) / published_dpu_luts(kPublishedDk);
  return {BismoEnergy().idle_dpu_pj.value * ratio,
          fmt::format("Shang et al. FPGA 2002: clocking is 14 % of logic energy, x {:.0f} LUT per "
                      "DPU of {} bits (BISMO's cost model)",
                      published_dpu_luts(dk), dk)};
}

SourcedConstant BismoEnergy::default_static_mw(std::int64_t units, std::int64_t dk) {
  constexpr double kDeviceLuts = 53200;
  const double luts = static_cast<double>(units) * published_dpu_luts(dk);
  return {BismoEnergy().static_mw.value * luts / kDeviceLuts,
          fmt::format("assumption: leakage goes by area; 113 mW of an XC7Z020 at 28 C junction "
                      "(Vivado, cva6-softcore-contest README) x {:.0f} / {:.0f} LUT of the array "
                      "(BISMO's cost model) and the device",
                      luts, kDeviceLuts)};
}

SourcedConstant BismoEnergy::default_multiply_pj(double accumulate_pj) {
  constexpr double kOfAccumulate = 1.05 / 6.7;  // both at 28 nm
  return {accumulate_pj * kOfAccumulate,
          fmt::format("assumption: 0.157 of accumulate_pj: Horowitz ISSCC 2014, multiplying 8 bits "
                      "0.2 pJ and 32 bits 3.1 pJ at 45 nm, 25 x 18 bits by the product of widths, "
                      "x 0.768 for 28 nm = 1.05 (docs/reference/energy.md)")};
}

void BismoEnergy::show(FieldVisitor& visitor, const Shown& shown) {
  visitor.begin_section({"energy", "", "energy per action, each with its source"});
  show_technology(visitor, technology);
  show_constant(visitor,
                {"popcount_bit_pj", "pJ", "AND and popcount of one bit of a word pair in one DPU"},
                kPicojoules, popcount_bit_pj);
  show_constant(
      visitor, {"accumulate_pj", "pJ", "shift, negate and accumulate of one DPU, once a word pair"},
      kPicojoules, accumulate_pj);
  if (shown.multiply)
    show_constant(visitor, {"multiply_pj", "pJ", "a count or a plane's code times a code"},
                  kPicojoules, multiply_pj);
  show_constant(visitor, {"buffer_read_bit_pj", "pJ", "one bit read from a row or column buffer"},
                kPicojoules, buffer_read_bit_pj);
  show_constant(visitor, {"buffer_write_bit_pj", "pJ", "one bit written to a row or column buffer"},
                kPicojoules, buffer_write_bit_pj);
  if (shown.dram_bit)
    show_constant(visitor,
                  {"dram_bit_pj", "pJ", "one bit over a read port: DRAM and its interface"},
                  kPicojoules, dram_bit_pj);
  show_constant(visitor,
                {"idle_dpu_pj", "pJ", "clock and registers of one DPU in a cycle without work"},
                kPicojoules, idle_dpu_pj);
  show_constant(visitor, {"static_mw", "mW", "leakage of the device, drawn at all times"},
                kMilliwatts, static_mw);
  visitor.end_section();
}

}  // namespace bitloom::hardware
